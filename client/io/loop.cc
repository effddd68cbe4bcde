#include "client/io/loop.h"

#include <algorithm>
#include <csignal>
#include <uv.h>

#include "slots/check.h"

namespace grapevine::client::io {

struct Loop::Handles {
    uv_loop_t loop;
    uv_async_t async;
    uv_check_t check;
    uv_prepare_t prepare;
    uv_timer_t timer;
    Events events;
};

Loop::Loop(Events events) : handles_(std::make_unique<Handles>()) {
    Handles& h = *handles_;
    h.events = std::move(events);
    GRAPEVINE_CHECK(uv_loop_init(&h.loop) == 0, "a loop can be made");
    h.loop.data = &h;
    uv_async_init(&h.loop, &h.async, [](uv_async_t* async) {
        static_cast<Handles*>(async->loop->data)->events.woken();
    });
    uv_check_init(&h.loop, &h.check);
    uv_check_start(&h.check, [](uv_check_t* check) {
        static_cast<Handles*>(check->loop->data)->events.turn_end();
    });
    uv_prepare_init(&h.loop, &h.prepare);
    uv_prepare_start(&h.prepare, [](uv_prepare_t* prepare) {
        static_cast<Handles*>(prepare->loop->data)->events.before_sleep();
    });
    uv_timer_init(&h.loop, &h.timer);
}

Loop::~Loop() {
    uv_loop_close(&handles_->loop);
}

bool Loop::run() {
    return uv_run(&handles_->loop, UV_RUN_DEFAULT) != 0;
}

void Loop::leave() {
    uv_stop(&handles_->loop);
}

void Loop::refuse_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void Loop::stop() {
    Handles& h = *handles_;
    for (uv_handle_t* handle :
         {reinterpret_cast<uv_handle_t*>(&h.async), reinterpret_cast<uv_handle_t*>(&h.check),
          reinterpret_cast<uv_handle_t*>(&h.prepare), reinterpret_cast<uv_handle_t*>(&h.timer)}) {
        if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    }
}

void Loop::wake() {
    uv_async_send(&handles_->async);
}

Instant Loop::now() const {
    return Instant(std::chrono::milliseconds(uv_now(&handles_->loop)));
}

void Loop::refresh() {
    uv_update_time(&handles_->loop);
}

void Loop::set_alarm(Instant at) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(at - now()).count();
    uv_timer_start(
        &handles_->timer,
        [](uv_timer_t* timer) { static_cast<Handles*>(timer->loop->data)->events.alarm(); },
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, wait)), 0);
}

void Loop::clear_alarm() {
    uv_timer_stop(&handles_->timer);
}

uv_loop_s* Loop::raw() {
    return &handles_->loop;
}

}  // namespace grapevine::client::io
