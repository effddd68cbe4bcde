// What a core must never do, whatever its peers, its disk and its operator do.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "gossip/effects.h"
#include "gossip/gossip.h"
#include "gossip/state.h"
#include "tests/fuzz/agreement.h"

namespace grapevine::fuzz {

// Watches one node over all its lives. Broken rules end the process.
class Rules {
public:
    void opened(gossip::LinkId link);
    void closed(gossip::LinkId link) { links_.erase(link); }
    void forget_links();

    // The text is on the disk now; and: the core is about to hear so.
    void written(const std::string& text);
    void confirmed(gossip::Generation generation);
    void restarted(const gossip::State& state);
    void became_nobody();  // CLUSTER RESET HARD: another node from here on.

    // After each call: what is to be done, by a node that is as it is.
    void check(const gossip::Effects& effects, const gossip::Gossip& node, gossip::Instant now);

private:
    // What was said in the name of one node.
    struct Said {
        std::uint64_t current_epoch = 0;
        std::uint64_t config_epoch = 0;  // As a primary.
        std::set<std::uint64_t> votes;   // The epochs.
    };

    void check_save(const gossip::Save& save, const gossip::Status& status);
    void check_links(const gossip::Effects& effects, const gossip::Status& status);
    void check_sent(const gossip::Send& sent);
    void check_claim(const gossip::Header& header);
    void check_vote(std::uint64_t epoch);
    void check_epochs(const gossip::Status& status);
    void check_writes(const gossip::Effects& effects);

    std::map<gossip::LinkId, bool> links_;  // Whether we made it.
    gossip::LinkId last_link_;
    std::map<gossip::Generation, gossip::State> unconfirmed_;
    gossip::Generation last_generation_ = 0;
    std::optional<gossip::State> confirmed_;  // What the core knows to be saved.
    std::optional<gossip::State> disk_;
    Said said_;
    std::uint64_t current_epoch_ = 0;
    std::uint64_t config_epoch_ = 0;
    std::uint64_t vote_epoch_ = 0;
    bool writes_paused_ = false;
    std::optional<SeenMap> map_;
};

}  // namespace grapevine::fuzz
