#include "client/route/scan.h"

#include <algorithm>
#include <array>
#include <grapevine/cluster.h>
#include <grapevine/scan.h>

#include "client/engine/engine.h"

namespace grapevine::client {

using Question = route::ScanCourse::Question;

namespace {

// It cannot be walked now, and another may have its slots.
bool is_about_the_node(const Error& error) {
    constexpr std::array codes = {"LOST", "LOADING", "MASTERDOWN", "CLUSTERDOWN"};
    return std::find(codes.begin(), codes.end(), error.code()) != codes.end();
}

}  // namespace

// Of the engine's thread while a next() is on its way.
class Scan::State : public std::enable_shared_from_this<Scan::State> {
public:
    State(Engine& engine, const ScanOptions& options) : engine_(engine), options_(options) {}

    Engine& engine() const { return engine_; }
    void go(Batch::Listener& listener) {
        listener_ = &listener;
        ask();
    }
    Result<std::optional<Keys>> take() { return std::move(*result_); }

private:
    class Asking;
    void ask();
    Request request_for(const Question& question) const;
    void answered(Asking& asking, const Reply& reply);
    void failed(const Asking& asking, Error&& error);
    bool waits(Asking& asking, const Reply& reply);
    bool take_keys(const Reply& reply);
    void end(Result<std::optional<Keys>> result);

    Engine& engine_;
    const ScanOptions options_;
    route::ScanCourse course_;
    std::uint16_t node_ = Trip::any_node;  // That is walked.
    bool asked_again_ = false;             // After a lost connection.
    Batch::Listener* listener_ = nullptr;
    std::optional<Result<std::optional<Keys>>> result_;
};

// One request on its way; deletes itself at its end.
class Scan::State::Asking final : public Operation, public Pooled {
public:
    Asking(std::shared_ptr<State> state, Question::Kind what, Request&& words)
        : Operation(std::move(words)), kind(what), state_(std::move(state)) {}

    void succeeded(const Reply& reply) override {
        const auto state = state_;
        state->answered(*this, reply);
    }
    void failed(Error&& error) override {
        const auto state = state_;
        state->failed(*this, std::move(error));
    }
    const Question::Kind kind;

private:
    const std::shared_ptr<State> state_;
};

Request Scan::State::request_for(const Question& question) const {
    using Kind = Question::Kind;
    if (question.kind == Kind::slots) return Request("CLUSTER NODES", 0, Trait::reads);
    if (question.kind == Kind::process) return Request("INFO", 0, Trait::reads);
    const bool matches = !options_.match.empty(), typed = !options_.type.empty();
    Request scan("SCAN", 3u + 2 * matches + 2 * typed, Trait::reads);
    scan.add(question.cursor);
    scan.add("COUNT");
    scan.add(options_.count);
    if (matches) scan.add("MATCH"), scan.add(options_.match);
    if (typed) scan.add("TYPE"), scan.add(options_.type);
    return scan;
}

void Scan::State::ask() {
    const Question question = course_.question();
    if (question.kind == Question::Kind::none) return end(std::optional<Keys>());
    auto* asking = new Asking(shared_from_this(), question.kind, request_for(question));
    Facts& facts = asking->request.facts();
    facts.from = ReadFrom::primary;
    facts.asks_node = true;
    if (question.slot) {
        facts.slot = *question.slot;
    } else {
        asking->trip.pinned = true;
        asking->trip.node = node_;
    }
    engine_.start(*asking);
}

void Scan::State::answered(Asking& asking, const Reply& reply) {
    asked_again_ = false;
    const auto kind = asking.kind;
    if (kind == Question::Kind::slots && waits(asking, reply)) return;
    delete &asking;
    if (kind == Question::Kind::process) course_.process(reply.text());
    if (kind == Question::Kind::keys && take_keys(reply)) return listener_->all_ended();
    ask();
}

// True when the operation goes on, after a pause.
bool Scan::State::waits(Asking& asking, const Reply& reply) {
    const bool begins = course_.question().slot.has_value();
    if (begins) node_ = asking.trip.last_node;
    const auto own = route::OwnSlots::parse(reply.text());
    const auto why = own ? course_.slots(*own) : "CLUSTERDOWN the node does not say who it is";
    if (!why || !begins) return false;
    asking.request.facts().slot = *course_.question().slot;
    engine_.reject(asking, *why);
    return true;
}

// Whether there is something for whoever waits.
bool Scan::State::take_keys(const Reply& reply) {
    std::pair<std::string, Keys> batch;
    if (!read(reply, batch)) {
        result_.emplace(wrong_shape(reply));
        return true;
    }
    course_.keys(batch.first);
    if (batch.second.empty()) return false;
    result_.emplace(std::optional<Keys>(std::move(batch.second)));
    return true;
}

void Scan::State::failed(const Asking& asking, Error&& error) {
    const bool walking = asking.trip.pinned;
    delete &asking;
    if (error.text.find("cluster support disabled") != std::string::npos) {
        course_.without_slots();
        return ask();
    }
    if (!walking || !is_about_the_node(error)) return end(std::move(error));
    // A connection may be lost and the process be the same: that is seen at the end of the walk.
    const bool again = error.code() == "LOST" && !std::exchange(asked_again_, true);
    if (!again) course_.abandon();
    ask();
}

void Scan::State::end(Result<std::optional<Keys>> result) {
    result_.emplace(std::move(result));
    listener_->all_ended();
}

Scan::Scan(const Cluster& cluster, const ScanOptions& options)
    : state_(std::make_shared<State>(cluster.engine(), options)) {}
Scan::Scan(Scan&&) noexcept = default;
Scan& Scan::operator=(Scan&&) noexcept = default;
Scan::~Scan() = default;

Engine& Scan::Next::engine() const {
    return state_->engine();
}
void Scan::Next::launch(Batch::Listener& listener) {
    engine().run_there([state = state_, &listener] { state->go(listener); });
}
Result<std::optional<Scan::Keys>> Scan::Next::finish() {
    return state_->take();
}

}  // namespace grapevine::client
