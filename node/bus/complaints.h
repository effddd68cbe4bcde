// Keeps the log readable while somebody tries again and again what is refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gossip/timing.h"

namespace grapevine::node::bus {

class Complaints {
public:
    static constexpr gossip::Duration period{10'000};
    static constexpr std::size_t most_kinds = 64;

    // How often the same was passed over since it was last said; nothing when it is to be passed
    // over as well: it was said less than `period` ago. Beyond `most_kinds` within that time, the
    // others count as the same.
    std::optional<std::uint64_t> worth_saying(const std::string& what, gossip::Instant now);

private:
    struct Said {
        gossip::Instant at;
        std::uint64_t passed_over = 0;
    };
    std::map<std::string, Said> said_;
};

}  // namespace grapevine::node::bus
