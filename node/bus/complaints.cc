#include "node/bus/complaints.h"

#include <utility>

namespace grapevine::node::bus {

std::optional<std::uint64_t> Complaints::worth_saying(const std::string& what,
                                                      gossip::Instant now) {
    const auto is_old = [now](const Said& said) { return now - said.at >= period; };
    if (!said_.contains(what) && said_.size() >= most_kinds) {
        std::erase_if(said_, [&](const auto& entry) { return is_old(entry.second); });
    }
    const bool known = said_.contains(what);
    const auto [at, is_new] =
        said_.try_emplace(known || said_.size() < most_kinds ? what : std::string{}, Said{now});
    Said& said = at->second;
    if (is_new) return 0;
    if (!is_old(said)) {
        ++said.passed_over;
        return {};
    }
    said.at = now;
    return std::exchange(said.passed_over, 0);
}

}  // namespace grapevine::node::bus
