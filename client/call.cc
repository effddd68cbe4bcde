#include <grapevine/call.h>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

class Waiting final : public Operation {
public:
    Waiting(Engine& engine, Request&& what, Duration how_long, AnyOutcome outcome)
        : Operation(std::move(what)), engine_(engine), outcome_(outcome) {
        patience = how_long;
        waited_for = true;
    }
    void succeeded(const Reply& reply) override {
        outcome_.set(reply);
        engine_.wake_at_turn_end(parker);
    }
    void failed(Error&& error) override {
        outcome_.set(std::move(error));
        engine_.wake_at_turn_end(parker);
    }
    bool known(const Reply& reply) override {
        outcome_.set(reply);
        return true;
    }

    Parker& parker = Parker::of_this_thread();

private:
    Engine& engine_;
    const AnyOutcome outcome_;
};

}  // namespace

bool start(Engine& engine, Operation& operation) {
    if (Caching* cache = engine.caching(); cache != nullptr && cache->begin(operation))
        return false;
    engine.start(operation);
    return true;
}

void start_when_room(Engine& engine, Operation& operation) {
    if (Caching* cache = engine.caching(); cache != nullptr && cache->begin(operation)) return;
    if (!engine.on_thread()) engine.wait_for_room();
    engine.start(operation);
}

void wait(Engine& engine, Parker& parker) {
    engine.wait(parker);
}

void wake_at_turn_end(Engine& engine, Parker& waiting) {
    engine.wake_at_turn_end(waiting);
}

void wait_for(Engine& engine, Request&& request, Duration patience, AnyOutcome outcome) {
    Waiting waiting(engine, std::move(request), patience, outcome);
    if (start(engine, waiting)) engine.wait(waiting.parker);
}

Awaited::Awaited(Engine& engine, Request&& what, Duration how_long, AnyOutcome outcome)
    : Operation(std::move(what)), engine_(engine), outcome_(outcome) {
    patience = how_long;
}

Awaited::~Awaited() = default;

void Awaited::succeeded(const Reply& reply) {
    outcome_.set(reply);
    waiting_.resume();
}

void Awaited::failed(Error&& error) {
    outcome_.set(std::move(error));
    waiting_.resume();
}

bool Awaited::known(const Reply& reply) {
    outcome_.set(reply);
    return true;
}

bool on_thread_of(const Engine& engine) {
    return engine.on_thread();
}

Error cannot_wait_here() {
    return {.text =
                "USAGE wait() in a callback or a coroutine would wait for itself: use then() or "
                "co_await"};
}

}  // namespace grapevine::client
