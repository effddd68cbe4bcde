// The redirection errors as text: written by nodes, read by clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "slots/identity.h"
#include "slots/result.h"
#include "slots/slot.h"

namespace grapevine::slots {

struct Redirect {
    enum class Kind : std::uint8_t { moved, ask } kind = Kind::moved;
    Slot slot;
    Endpoint endpoint;  // An empty host means: the one you are talking to. bus_port is not carried.
    bool operator==(const Redirect&) const = default;
};

// "MOVED 3999 10.0.0.7:6379"
Error to_error(const Redirect& redirect);

// Nothing when `text` is another error. IPv6 hosts are told from the port by the last ':'.
std::optional<Redirect> parse_redirect(std::string_view text);

// The other outcomes of a route, as Redis words them.
Error cross_slot_error();
Error try_again_error();
Error cluster_down_error();
Error unowned_error();

}  // namespace grapevine::slots
