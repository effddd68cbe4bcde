#include "tests/sim/losses.h"

#include <map>

#include "slots/route.h"

namespace grapevine::sim {

class Losses::Watch final : public Check {
public:
    Watch(World& watched, const std::vector<std::size_t>& machines) : Check(watched) {
        for (const std::size_t number : machines) {
            const Machine& machine = world.machines[number];
            const gossip::Core& core = machine.belief();
            lost_[machine.id] = core.members.slots_of(core.self()).first_from(0).value();
        }
        unserved_ = lost_;
    }

    void announced(const Machine&, const gossip::Announcement& announcement) override {
        const auto* event = std::get_if<gossip::Event>(&announcement);
        if (event == nullptr || !lost_.contains(event->about)) return;
        using Kind = gossip::Event::Kind;
        if (event->kind == Kind::peer_suspected && !noticed) noticed = world.scheduler.now();
        if (event->kind == Kind::peer_failed && !failed) failed = world.scheduler.now();
    }
    void after(const Turn& turn) override {
        if (unserved_.empty()) return;
        std::erase_if(unserved_, [&](const auto& lost) {
            return slots::route(*turn.machine.map, {.slot = lost.second, .writes = true}).verdict ==
                   slots::Verdict::serve;
        });
        if (unserved_.empty()) served = world.scheduler.now();
    }

    Time start = world.scheduler.now();
    std::optional<Time> noticed;
    std::optional<Time> failed;
    std::optional<Time> served;

private:
    std::map<NodeId, slots::Slot> lost_;      // One slot of each.
    std::map<NodeId, slots::Slot> unserved_;  // Those that nobody has accepted a write for.
};

namespace {

std::optional<Time> since(Time start, const std::optional<Time>& at) {
    if (!at) return {};
    return *at - start;
}

}  // namespace

Losses::Losses(World& world, const std::vector<std::size_t>& machines, bool with_host)
    : world_(world) {
    auto watch = std::make_unique<Watch>(world, machines);
    watch_ = watch.get();
    world.checks.push_back(std::move(watch));
    for (const std::size_t number : machines) world.kill(world.machines[number], with_host);
}

Losses::~Losses() {
    std::erase_if(world_.checks, [this](const auto& check) { return check.get() == watch_; });
}

std::optional<Time> Losses::noticed() const {
    return since(watch_->start, watch_->noticed);
}

std::optional<Time> Losses::failed() const {
    return since(watch_->start, watch_->failed);
}

std::optional<Time> Losses::served() const {
    return since(watch_->start, watch_->served);
}

}  // namespace grapevine::sim
