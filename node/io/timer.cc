#include "node/io/timer.h"

#include <uv.h>

namespace grapevine::node::io {

struct Timer::Handle {
    uv_timer_t uv;
    Loop* loop;
    std::function<void()> ring;
};

namespace {

template <typename Handle>
void on_ring(uv_timer_t* timer) {
    auto* handle = static_cast<Handle*>(timer->data);
    handle->loop->enter_turn();
    handle->ring();
}

}  // namespace

Timer::Timer(Loop& loop, std::function<void()> ring)
    : handle_(new Handle{{}, &loop, std::move(ring)}) {
    uv_timer_init(loop.raw(), &handle_->uv);
    handle_->uv.data = handle_;
}

Timer::~Timer() {
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
             [](uv_handle_t* h) { delete static_cast<Handle*>(h->data); });
}

void Timer::once(std::uint64_t after_ms) {
    uv_timer_start(&handle_->uv, on_ring<Handle>, after_ms, 0);
}

void Timer::every(std::uint64_t period_ms) {
    uv_timer_start(&handle_->uv, on_ring<Handle>, period_ms, period_ms);
}

void Timer::stop() {
    uv_timer_stop(&handle_->uv);
}

}  // namespace grapevine::node::io
