#include <grapevine/call.h>

#include "client/engine/engine.h"

namespace grapevine::client {

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

bool on_thread_of(const Engine& engine) {
    return engine.on_thread();
}

Error cannot_wait_here() {
    return {.text =
                "USAGE wait() in a callback or a coroutine would wait for itself: use then() or "
                "co_await"};
}

}  // namespace grapevine::client
