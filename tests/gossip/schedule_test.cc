// Random schedules of faults: what must never be false, and that all agree again afterwards.
#include <catch2/catch.hpp>

#include "tests/gossip/village.h"

using namespace grapevine;
using namespace grapevine::gossip;
using grapevine::gossip::testing::Village;

namespace {

// Notes every broken promise that can be seen on the wire.
class Watch {
public:
    explicit Watch(Village& village) : village_(village) {
        village.on_send = [this](std::size_t from, const Message& message) { look(from, message); };
    }
    std::vector<std::string> broken;

private:
    void look(std::size_t from, const Message& message) {
        const Header& header = message.header;
        auto& epoch = epochs_[header.sender];
        if (header.current_epoch < epoch) broken.push_back("EpochMono");
        epoch = header.current_epoch;
        if (std::holds_alternative<Vote>(message.body)) look_at_vote(from, header);
        if (header.primary.none() && !header.slots.empty()) look_at_claim(header);
    }
    void look_at_vote(std::size_t from, const Header& header) {
        if (++votes_[{header.sender, header.current_epoch}] > 1) broken.push_back("VoteOnce");
        const auto durable = parse_state(village_.house(from).disk);
        if (!durable || durable->last_vote_epoch < header.current_epoch) {
            broken.push_back("VoteDurable");
        }
    }
    void look_at_claim(const Header& header) {
        const auto [claim, first] = claims_.try_emplace(header.config_epoch, header.sender);
        if (!first && claim->second != header.sender) broken.push_back("ElectOnce");
    }

    Village& village_;
    std::map<NodeId, std::uint64_t> epochs_;
    std::map<std::pair<NodeId, std::uint64_t>, int> votes_;
    std::map<std::uint64_t, NodeId> claims_;
};

void one_fault(Village& village, Random& random) {
    const std::size_t victim = random.below(village.size());
    switch (random.below(8)) {
        case 0:
            if (village.alive(victim)) village.kill(victim);
            break;
        case 1:
        case 2:
            if (!village.alive(victim)) village.restart(victim);
            break;
        case 3:
            village.stop(victim);
            break;
        case 4:
            village.resume(victim);
            break;
        case 5:
            village.cut({victim, random.below(village.size())});
            break;
        case 6:
            village.heal();
            break;
        default:
            if (village.alive(victim)) (void)village.obey(victim, Failover{});
    }
    if (random.below(6) == 0) village.house(victim).disk_works = false;
    if (random.below(3) == 0 && village.alive(victim)) village.mend_disk(victim);
}

void end_all_faults(Village& village) {
    village.heal();
    for (std::size_t i = 0; i < village.size(); ++i) {
        village.house(i).disk_works = true;
        if (!village.alive(i)) village.restart(i);
        village.resume(i);
        village.mend_disk(i);
    }
}

bool all_agree(Village& village) {
    for (std::size_t i = 0; i < village.size(); ++i) {
        const Status status = village.status(i);
        if (!status.serving || status.fenced || status.size != 3) return false;
        for (const std::uint16_t slot : {0, 5461, 10923}) {
            const auto owner = village.owner(i, slot);
            if (!owner || village.owner(*owner, slot) != owner) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("no schedule of faults breaks a promise, and all agree when it is over",
          "[gossip][schedule]") {
    const std::uint64_t seed = GENERATE(range(1, 31));
    CAPTURE(seed);
    Random random(seed);
    Village village(seed);
    Settings settings;
    settings.timing.node_timeout = Duration{random.below(2) == 0 ? 1'000 : 5'000};
    village.found(3, 1 + random.below(2), settings);
    village.set_delay(Duration{0}, Duration{static_cast<std::int64_t>(1 + random.below(60))});
    Watch watch(village);

    for (int i = 0; i < 60; ++i) {
        one_fault(village, random);
        village.run(Duration{static_cast<std::int64_t>(random.below(1'500))});
    }
    end_all_faults(village);
    const bool agreed = village.run_until([&] { return all_agree(village); }, Duration{60'000});

    CHECK(agreed);
    CHECK(watch.broken == std::vector<std::string>{});
}
