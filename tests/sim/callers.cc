#include "tests/sim/callers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tests/sim/caller_node.h"

namespace grapevine::sim {
namespace {

using client::Effect;
using client::Trait;

// As in client/engine and grapevine/options.h.
constexpr Time silence = 500ms;
constexpr std::chrono::milliseconds connect_timeout = 1s;
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

}  // namespace

Caller::Caller(World& world, std::size_t number)
    : world_(world),
      chance_(static_cast<std::uint64_t>(world.setup.seed), "caller" + std::to_string(number)),
      net_(world, chance_,
           [this](Machine& machine, std::span<const std::string_view> words, bool asking) {
               return answer(machine, words, asking);
           }),
      router_(seeds_of(world), static_cast<std::uint32_t>(chance_.next())) {}

void Caller::start() {
    look();
    act();
}

// What the engine does when its alarm rings.
void Caller::look() {
    net_.look();
    for (std::size_t i = 0; i < links_.size(); ++i)
        if (links_[i] != nullptr) look_at(*links_[i]);
    ask_for_map();
    world_.scheduler.after(look_period, [this] { look(); });
}

void Caller::look_at(client::Link& link) {
    const auto since = link.silent_since();
    if (!since || now() - *since < silence) router_.heard(link.node());
    if (!since) return;
    if (link.connecting() && now() - *since >= connect_timeout) {
        link.give_up_connecting(connect_timeout);
    } else if (now() - *since >= silence) {
        router_.silent(link.node());
        if (!link.connecting() && !router_.map().is_primary(link.node()))
            link.drop("silent, and replaced");
    }
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
    client::Request request("DO", 1, traits);
    request.add(calls_.size());
    request.facts().slot = slot;
    request.facts().from = client::ReadFrom::primary;
    Call& call = add(std::move(request), patience);
    call.probes = probes;
    dispatch(call);
}

Call& Caller::add(client::Request request, Time patience) {
    Call& call = calls_.emplace_back(std::move(request), calls_.size());
    call.trip.started = now();
    call.trip.deadline = now() + patience;
    world_.scheduler.after(patience, [this, &call] { time_out(call); });
    return call;
}

void Caller::dispatch(Call& call) {
    const client::route::NodeIndex node = router_.route(call.facts(), call.trip);
    if (node == client::route::no_node) return end(call, Effect::not_sent);
    call.trip.last_node = node;
    link_to(node).send(call);
    ask_for_map();
}

client::Link& Caller::link_to(client::route::NodeIndex node) {
    if (node >= links_.size()) links_.resize(node + 1u);
    if (links_[node] != nullptr) return *links_[node];
    const slots::Endpoint& endpoint = router_.directory().endpoint(node);
    client::Target target;
    target.node = node;
    target.host = endpoint.host;
    target.port = endpoint.port;
    target.meter = &meters_.emplace_back();
    target.greeting = client::Request("HELLO", 1);
    target.greeting.add(3);
    client::LinkEvents& events = *this;
    links_[node] = std::make_unique<client::Link>(net_, events, std::move(target));
    return *links_[node];
}

// A node that holds back writes says nothing yet.
std::optional<std::string> Caller::answer(Machine& machine, std::span<const std::string_view> words,
                                          bool asking) {
    Call& call = calls_[std::stoul(std::string(words.back()))];
    if (machine.writes_held && !call.facts().reads()) return {};
    return answer_of(world_, machine, call, asking, chance_);
}

void Caller::answered(client::Link& link, client::Operation& operation,
                      const client::Reply& reply) {
    Call& call = static_cast<Call&>(operation);
    if (call.asks_for_map) {
        question_ = nullptr;
        call.ended = true;
        return learned(reply, link.node());
    }
    router_.served(call.facts(), call.trip, link.node());
    if (call.runs == 0) world_.violated("EffectTrue", "a call succeeds that no node has done");
    end(call, {});
}

void Caller::learned(const client::Reply& reply, client::route::NodeIndex node) {
    auto map = client::route::SlotMap::parse(reply, node, router_.directory());
    if (!map || map->nodes().empty()) return router_.not_learned(now());
    router_.learned(std::move(*map), now());
}

void Caller::refused(client::Link& link, client::Operation& operation, std::string_view error) {
    Call& call = static_cast<Call&>(operation);
    smooth_ = smooth_ && !call.probes;
    follow(router_.refused(call.facts(), call.trip, link.node(), error, now()), call);
}

void Caller::lost(client::Link& link, client::Operation& operation, bool sent,
                  const std::string& reason) {
    Call& call = static_cast<Call&>(operation);
    smooth_ = smooth_ && !call.probes;
    follow(router_.lost(call.facts(), call.trip, link.node(), sent, reason, now()), call);
}

void Caller::measured(client::Link& link, client::Duration took) {
    router_.measured(link.node(), took);
}

void Caller::closed(client::Link& link, bool was_open, const std::string&) {
    if (!was_open) router_.down(link.node(), now() + 1s);
}

void Caller::has_output(client::Link& link) {
    world_.scheduler.after(Time{0}, [&link] { link.flush(); });
}

void Caller::follow(const client::route::Verdict& verdict, Call& call) {
    using Kind = client::route::Verdict::Kind;
    if (verdict.kind == Kind::fail) return end(call, verdict.effect);
    if (verdict.kind == Kind::send) return dispatch(call);
    if (verdict.at >= call.trip.deadline) return;  // It ends before.
    const auto wait = std::chrono::duration_cast<Time>(verdict.at - now());
    world_.scheduler.after(wait, [this, &call] {
        if (!call.ended) dispatch(call);
    });
}

void Caller::time_out(Call& call) {
    if (call.ended) return;
    const bool sent = call.link != nullptr && call.link->forget(call);
    if (sent || call.trip.may_have_run) return end(call, Effect::unknown);
    end(call, call.trip.attempts > 0 ? Effect::refused : Effect::not_sent);
}

void Caller::end(Call& call, std::optional<Effect> failure) {
    call.ended = true;
    call.failure = failure;
    if (&call == question_) {
        question_ = nullptr;
        return router_.not_learned(now());
    }
    if (call.denied() && call.runs > 0 && !call.facts().reads())
        world_.violated("EffectTrue", "a call is done, and its caller is told that it is not");
    if (!call.probes) return;
    --probing_;
    smooth_ = smooth_ && !failure;
}

void Caller::ask_for_map() {
    const auto node = router_.question(now());
    if (!node) return;
    const Time at = world_.scheduler.now();
    if (question_ != nullptr)
        world_.violated("OneQuestion", "a second question for the map is on its way");
    questions_.push_back(at);
    while (at - questions_.front() > question_window) questions_.pop_front();
    if (questions_.size() > most_questions)
        world_.violated("FewQuestions", "the map is asked for " +
                                            std::to_string(questions_.size()) + " times in 10 s");
    client::Request request("CLUSTER SLOTS", 1, Trait::reads);
    request.add(calls_.size());
    question_ = &add(std::move(request), connect_timeout);
    question_->asks_for_map = true;
    question_->trip.pinned = true;
    question_->trip.node = *node;
    dispatch(*question_);
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
    const bool any_node = std::any_of(world_.machines.begin(), world_.machines.end(),
                                      [](const Machine& machine) { return machine.alive(); });
    if (callers_.empty() || !any_node || world_.violation) return;
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
