#include "node/io/loop.h"

#include <chrono>
#include <uv.h>

#include "slots/check.h"

namespace grapevine::node::io {

struct Loop::Handles {
    uv_async_t wake;
    uv_prepare_t before_wait;
};

Loop::Loop()
    : uv_(std::make_unique<uv_loop_t>()),
      handles_(std::make_unique<Handles>()),
      mailbox_([this] { uv_async_send(&handles_->wake); }),
      scratch_(std::make_unique<std::array<char, 64 * 1024>>()) {
    GRAPEVINE_CHECK(uv_loop_init(uv_.get()) == 0, "an event loop can be made");
    uv_async_init(uv_.get(), &handles_->wake, [](uv_async_t*) {});
    uv_prepare_init(uv_.get(), &handles_->before_wait);
    handles_->before_wait.data = this;
    uv_->data = this;
    uv_prepare_start(&handles_->before_wait,
                     [](uv_prepare_t* h) { static_cast<Loop*>(h->data)->end_turn(); });
    read_clocks();
}

Loop::~Loop() {
    uv_close(reinterpret_cast<uv_handle_t*>(&handles_->wake), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&handles_->before_wait), nullptr);
    uv_run(uv_.get(), UV_RUN_DEFAULT);
    GRAPEVINE_CHECK(uv_loop_close(uv_.get()) == 0, "a loop outlives what was made on it");
}

void Loop::run() {
    uv_run(uv_.get(), UV_RUN_DEFAULT);
}

void Loop::stop() {
    post([this] { uv_stop(uv_.get()); });
}

void Loop::on_turn(std::function<void()> begins, std::function<void()> ends) {
    begins_ = std::move(begins);
    ends_ = std::move(ends);
}

void Loop::enter_turn() {
    if (in_turn_) return;
    in_turn_ = true;
    read_clocks();
    if (begins_) begins_();
}

void Loop::end_turn() {
    mailbox_.awake();
    do {
        enter_turn();
        mailbox_.drain();
        if (ends_) ends_();
        in_turn_ = false;
    } while (!mailbox_.fall_asleep());
}

void Loop::read_clocks() {
    using namespace std::chrono;
    wall_ms_ = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    monotonic_us_ = read_monotonic_us();
}

std::int64_t Loop::read_monotonic_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

void Loop::in_background(Task work, Task done) {
    struct Job {
        uv_work_t request;
        Task work;
        Task done;
    };
    auto* job = new Job{{}, std::move(work), std::move(done)};
    job->request.data = job;
    const int status = uv_queue_work(
        uv_.get(), &job->request, [](uv_work_t* r) { static_cast<Job*>(r->data)->work(); },
        [](uv_work_t* r, int) {
            const std::unique_ptr<Job> finished(static_cast<Job*>(r->data));
            static_cast<Loop*>(r->loop->data)->enter_turn();
            finished->done();
        });
    GRAPEVINE_CHECK(status == 0, "work can be queued");
}

}  // namespace grapevine::node::io
