// Which history of writes a node's data belongs to, and which other histories share its beginning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "node/journal/backlog.h"
#include "slots/identity.h"

namespace grapevine::node::journal {

// 40 hexadecimal digits that name one unbroken sequence of writes.
using ReplicationId = slots::HexId<struct ReplicationTag>;

// Redis remembers one. A replica that was away for more promotions than that needs all data anew.
constexpr std::size_t most_formers = 16;

// A name that a history had, and the last byte that it shares with whatever else went on under it.
struct Former {
    ReplicationId id;
    Offset shared = 0;
    bool operator==(const Former&) const = default;
};
// "<40 digits>:<offset> ...". Parsing ends at what makes no sense, and after most_formers.
std::string to_text(const std::vector<Former>& formers);
std::vector<Former> parse_formers(std::string_view text);

struct Lineage {
    ReplicationId id;
    std::vector<Former> formers = {};  // The last one first, at most `most_formers`.

    // The history goes on under another name from `offset` on: a promotion, or a primary's.
    void rename(ReplicationId name, Offset offset);
    // Another history altogether.
    void replace(ReplicationId name);
    // Whether a node that has `asked`'s history up to `offset` may go on with ours from there.
    bool continues(ReplicationId asked, Offset offset) const;
};

// From the system's random device.
ReplicationId random_replication_id();

}  // namespace grapevine::node::journal
