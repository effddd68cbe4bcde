#include "node/io/poll.h"

#include <uv.h>

#include "slots/check.h"

namespace grapevine::node::io {

struct Poll::Handle {
    uv_poll_t uv;
    Loop* loop;
    std::function<void(bool, bool)> ready;
    bool abandoned = false;
};

Poll::Poll(Loop& loop, int descriptor, std::function<void(bool, bool)> ready)
    : handle_(new Handle{{}, &loop, std::move(ready)}) {
    const int status = uv_poll_init(loop.raw(), &handle_->uv, descriptor);
    GRAPEVINE_CHECK(status == 0, "a descriptor is watched once");
    handle_->uv.data = handle_;
}

Poll::~Poll() {
    handle_->abandoned = true;
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
             [](uv_handle_t* h) { delete static_cast<Handle*>(h->data); });
}

Loop& Poll::loop() const {
    return *handle_->loop;
}

void Poll::watch(bool readable, bool writable) {
    const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
    if (events == 0) {
        uv_poll_stop(&handle_->uv);
        return;
    }
    // An error on the descriptor counts as ready for both: the next read or write tells what it is.
    uv_poll_start(&handle_->uv, events, [](uv_poll_t* poll, int status, int ready) {
        auto* handle = static_cast<Handle*>(poll->data);
        if (handle->abandoned) return;
        handle->loop->enter_turn();
        handle->ready(status < 0 || (ready & UV_READABLE) != 0,
                      status < 0 || (ready & UV_WRITABLE) != 0);
    });
}

}  // namespace grapevine::node::io
