#include "tests/sim/callers.h"

#include <algorithm>

namespace grapevine::sim {
namespace {

using client::Effect;
using client::Trait;

// As in client/engine and grapevine/options.h.
constexpr Time silence = 500ms;
constexpr Time connect_timeout = 1s;
constexpr Time look_period = 100ms;
// Ten times in four seconds when each is the first after it was quiet, and more often never.
constexpr std::size_t most_questions = 26;
constexpr Time question_window = 10s;
constexpr Time settling = 15s;

std::vector<slots::Endpoint> seeds_of(const World& world) {
    std::vector<slots::Endpoint> seeds;
    for (const Machine& machine : world.machines)
        seeds.push_back({name_of(machine), machine.port, 0});
    return seeds;
}

Effect effect_of(const Call& call) {
    if (call.sent || call.trip.may_have_run) return Effect::unknown;
    return call.trip.attempts > 0 ? Effect::refused : Effect::not_sent;
}

}  // namespace

Caller::Caller(World& world, std::size_t number)
    : world_(world),
      chance_(static_cast<std::uint64_t>(world.setup.seed), "caller" + std::to_string(number)),
      router_(seeds_of(world), static_cast<std::uint32_t>(chance_.next())) {}

client::Instant Caller::now() const {
    return client::Instant{} + 1h + world_.scheduler.now();
}

void Caller::start() {
    look();
    act();
}

// What the engine does when its alarm rings.
void Caller::look() {
    const Time at = world_.scheduler.now();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i] == nullptr) continue;
        Line& line = *lines_[i];
        line.look();
        const auto since = line.silent_since();
        if (!since || at - *since < silence) router_.heard(line.node());
        if (!since) continue;
        if (line.connecting() && at - *since >= connect_timeout) {
            line.drop("no connection within 1000 ms");
        } else if (at - *since >= silence) {
            router_.silent(line.node());
            if (!line.connecting() && !router_.map().is_primary(line.node()))
                line.drop("silent, and replaced");
        }
    }
    ask_for_map();
    world_.scheduler.after(look_period, [this] { look(); });
}

void Caller::act() {
    if (!resting_) {
        const slots::Slot slot = world_.probes[chance_.below(world_.probes.size())];
        const auto kind = chance_.below(4);
        const Trait traits = kind == 0 ? Trait::reads : kind == 1 ? Trait::repeatable : Trait::none;
        // Some are out of time as soon as anything happens to them.
        const Time patience{chance_.happens(300) ? chance_.between(5'000, 20'000)
                                                 : chance_.between(50'000, 5'000'000)};
        call(slot.number, traits, patience, false);
    }
    world_.scheduler.after(Time{chance_.between(1'000, 300'000)}, [this] { act(); });
}

void Caller::call(std::uint16_t slot, Trait traits, Time patience, bool probes) {
    auto call = std::make_shared<Call>();
    call->facts.slot = slot;
    call->facts.traits = traits;
    call->facts.from = client::ReadFrom::primary;
    call->probes = probes;
    call->trip.started = now();
    call->trip.deadline = now() + patience;
    world_.scheduler.after(patience, [this, call] { time_out(call); });
    dispatch(call);
}

void Caller::dispatch(const CallPtr& call) {
    const client::route::NodeIndex node = router_.route(call->facts, call->trip);
    if (node == client::route::no_node) return end(call, Effect::not_sent);
    call->trip.last_node = node;
    line_to(node).send(call);
    ask_for_map();
}

Line& Caller::line_to(client::route::NodeIndex node) {
    if (node >= lines_.size()) lines_.resize(node + 1u);
    if (lines_[node] == nullptr)
        lines_[node] = std::make_unique<Line>(world_, chance_, static_cast<LineEvents&>(*this),
                                              node, router_.directory().endpoint(node));
    return *lines_[node];
}

void Caller::answered(Line& line, const CallPtr& call, const std::string& reply) {
    if (call->asks_for_map) {
        question_ = nullptr;
        call->ended = true;
        return learned(reply, line.node());
    }
    router_.served(call->facts, call->trip, line.node());
    if (call->runs == 0) world_.violated("EffectTrue", "a call succeeds that no node has done");
    end(call, {});
}

void Caller::learned(const std::string& reply, std::size_t node) {
    auto map = client::route::SlotMap::parse(
        client::Reply(reply), static_cast<client::route::NodeIndex>(node), router_.directory());
    if (!map || map->nodes().empty()) return router_.not_learned(now());
    router_.learned(std::move(*map), now());
}

void Caller::refused(Line& line, const CallPtr& call, const std::string& error) {
    smooth_ = smooth_ && !call->probes;
    follow(router_.refused(call->facts, call->trip, line.node(), error, now()), call);
}

void Caller::lost(Line& line, const CallPtr& call, bool sent, const std::string& reason) {
    smooth_ = smooth_ && !call->probes;
    follow(router_.lost(call->facts, call->trip, line.node(), sent, reason, now()), call);
}

void Caller::closed(Line& line, bool was_open) {
    if (!was_open) router_.down(line.node(), now() + 1s);
}

void Caller::follow(const client::route::Verdict& verdict, const CallPtr& call) {
    using Kind = client::route::Verdict::Kind;
    if (verdict.kind == Kind::fail) return end(call, verdict.effect);
    if (verdict.kind == Kind::send) return dispatch(call);
    if (verdict.at >= call->trip.deadline) return;  // It ends before.
    const auto wait = std::chrono::duration_cast<Time>(verdict.at - now());
    world_.scheduler.after(wait, [this, call] {
        if (!call->ended) dispatch(call);
    });
}

void Caller::time_out(const CallPtr& call) {
    if (!call->ended) end(call, effect_of(*call));
}

void Caller::end(const CallPtr& call, std::optional<Effect> failed) {
    call->ended = true;
    call->failed = failed;
    if (call == question_) {
        question_ = nullptr;
        return router_.not_learned(now());
    }
    const bool denied = failed == Effect::not_sent || failed == Effect::refused;
    if (denied && call->runs > 0 && !call->facts.reads())
        world_.violated("EffectTrue", "a call is done, and its caller is told that it is not");
    if (!call->probes) return;
    --probing_;
    smooth_ = smooth_ && !failed;
}

void Caller::ask_for_map() {
    const auto node = router_.question(now());
    if (!node) return;
    const Time at = world_.scheduler.now();
    if (question_) world_.violated("OneQuestion", "a second question for the map is on its way");
    questions_.push_back(at);
    while (at - questions_.front() > question_window) questions_.pop_front();
    if (questions_.size() > most_questions)
        world_.violated("FewQuestions", "the map is asked for " +
                                            std::to_string(questions_.size()) + " times in 10 s");
    question_ = std::make_shared<Call>();
    question_->asks_for_map = true;
    question_->facts.traits = Trait::reads;
    question_->trip.pinned = true;
    question_->trip.node = *node;
    question_->trip.deadline = now() + connect_timeout;
    const CallPtr asked = question_;
    world_.scheduler.after(connect_timeout, [this, asked] { time_out(asked); });
    dispatch(asked);
}

bool Caller::probe() {
    if (probing_ > 0) return false;
    if (smooth_) return true;
    smooth_ = true;
    probing_ = static_cast<unsigned>(2 * world_.probes.size());
    for (const slots::Slot slot : world_.probes)
        for (const Trait traits : {Trait::reads, Trait::none}) call(slot.number, traits, 3s, true);
    return false;
}

Callers::Callers(World& world) : world_(world) {
    for (std::int64_t i = 0; i < world.setup.callers; ++i)
        callers_.push_back(std::make_unique<Caller>(world, static_cast<std::size_t>(i)));
}

void Callers::start() {
    for (const auto& caller : callers_) caller->start();
}

void Callers::must_settle() {
    if (callers_.empty() || world_.violation) return;
    for (const auto& caller : callers_) caller->rest();
    const Time limit = world_.scheduler.now() + settling;
    const auto settled = [&] {
        return std::all_of(callers_.begin(), callers_.end(),
                           [](const auto& caller) { return caller->probe(); });
    };
    if (!world_.run_until(limit, settled))
        world_.violated("ClientsSettle", "calls still meet redirections or setbacks");
}

}  // namespace grapevine::sim
