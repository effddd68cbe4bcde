#include "node/io/signals.h"

#include <uv.h>

namespace grapevine::node::io {

struct Signals::Watcher {
    uv_signal_t uv;
    Loop* loop;
    std::function<void(int)> caught;
};

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int)> caught) {
    for (const int number : numbers) {
        auto* watcher = new Watcher{{}, &loop, caught};
        uv_signal_init(loop.raw(), &watcher->uv);
        watcher->uv.data = watcher;
        uv_signal_start(
            &watcher->uv,
            [](uv_signal_t* signal, int caught_number) {
                auto* self = static_cast<Watcher*>(signal->data);
                self->loop->enter_turn();
                self->caught(caught_number);
            },
            number);
        watchers_.push_back(watcher);
    }
}

Signals::~Signals() {
    for (auto* watcher : watchers_) {
        uv_close(reinterpret_cast<uv_handle_t*>(&watcher->uv),
                 [](uv_handle_t* h) { delete static_cast<Watcher*>(h->data); });
    }
}

}  // namespace grapevine::node::io
