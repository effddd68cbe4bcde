// Connections that one caller has for himself: for what blocks, watches or listens.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "client/engine/conversation.h"
#include "client/link/link.h"

namespace grapevine::client {

class OwnLinks {
public:
    using Make = std::function<std::unique_ptr<Link>(std::uint16_t node)>;
    static constexpr Duration longest_idle = std::chrono::seconds(10);

    explicit OwnLinks(Make make) : make_(std::move(make)) {}

    // One to `node` that nobody uses; a new one when there is none.
    Link& take(std::uint16_t node, Conversation* talk);
    // May be taken by others from now on.
    void give(Link& link, Instant now);
    // Closes what was not used for a while. Not inside an event of a link.
    void tidy(Instant now);
    bool empty() const { return links_.empty(); }
    bool connecting() const;
    void clear() { links_.clear(); }

    template <typename Visit>
    void each(Visit visit) {
        for (std::size_t i = 0; i < links_.size(); ++i) visit(*links_[i]);
    }

private:
    Make make_;
    std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace grapevine::client
