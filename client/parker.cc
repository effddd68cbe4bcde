#include <atomic>
#include <climits>
#include <grapevine/call.h>
#include <linux/futex.h>
#include <mutex>
#include <sys/syscall.h>
#include <unistd.h>

namespace grapevine::client {
namespace {

// What all parked threads of the process sleep on, each under a bit that it shares with few others:
// so those whose answers came together are woken by one system call, and nobody else is. Who is
// woken one by one is let run at once, before the next is woken and all can ask again together.
std::atomic<std::uint32_t> bell{0};
static_assert(sizeof bell == sizeof(std::uint32_t) && decltype(bell)::is_always_lock_free);

long futex(int what, std::uint32_t value, std::uint32_t bits) {
    return syscall(SYS_futex, &bell, what | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, bits);
}

}  // namespace

// A thread may end while the one that woke it is still inside unpark(): what both touch is never
// freed, but used again by later threads.
struct Parker::State {
    enum Phase : std::uint8_t { awake, asleep, unparked };
    explicit State(unsigned number) : bit(1u << number % 32) {}
    std::atomic<Phase> phase = awake;
    const std::uint32_t bit;
    State* next_idle = nullptr;
};

struct Parker::Idle {
    std::mutex mutex;
    State* first = nullptr;
    unsigned made = 0;

    static Idle& states() {
        static Idle* const all = new Idle;
        return *all;
    }
};

Parker::Parker() {
    Idle& idle = Idle::states();
    const std::lock_guard lock(idle.mutex);
    state_ = idle.first != nullptr ? std::exchange(idle.first, idle.first->next_idle)
                                   : new State(idle.made++);
}

Parker::~Parker() {
    Idle& idle = Idle::states();
    const std::lock_guard lock(idle.mutex);
    state_->next_idle = std::exchange(idle.first, state_);
}

Parker& Parker::of_this_thread() {
    thread_local Parker own;
    return own;
}

// It sleeps at once: looking again and again costs more than it saves when an answer takes a round
// trip.
void Parker::park() {
    State::Phase phase = State::awake;
    state_->phase.compare_exchange_strong(phase, State::asleep);
    for (;;) {
        const std::uint32_t heard = bell;
        if (state_->phase == State::unparked) break;
        futex(FUTEX_WAIT_BITSET, heard, state_->bit);  // Not if it has rung since.
    }
    state_->phase = State::awake;
}

bool Parker::has_to_go_on() const {
    return state_->phase == State::unparked;
}

void Parker::unpark() {
    Parker* self = this;
    unpark_all(&self, 1);
}

void Parker::unpark_all(Parker* const* parkers, std::size_t count) {
    std::uint32_t sleepers = 0;
    for (std::size_t i = 0; i < count; ++i) {
        State& state = *parkers[i]->state_;
        if (state.phase.exchange(State::unparked) == State::asleep) sleepers |= state.bit;
    }
    if (sleepers == 0) return;
    ++bell;
    futex(FUTEX_WAKE_BITSET, INT_MAX, sleepers);
}

}  // namespace grapevine::client
