#include "node/observe/crash.h"

#include <array>
#include <atomic>
#include <charconv>
#include <cstring>
#include <execinfo.h>
#include <signal.h>
#include <string_view>
#include <unistd.h>

#include "node/observe/log.h"

namespace grapevine::node::observe {
namespace {

constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// Written by its own thread, read by whichever crashes.
struct Thread {
    std::atomic<const char*> name{nullptr};
    std::atomic<const char*> activity{nullptr};
};

std::array<Thread, 256> threads;
std::atomic<std::size_t> thread_count{0};
thread_local Thread* this_thread = nullptr;

const char* reported_version = "";
void (*first_of_all)() noexcept = nullptr;

// Writes without allocating: the heap may be what is broken.
class Report {
public:
    Report() : descriptor_(log::open_target()) {}
    ~Report() { log::close_target(descriptor_); }
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;

    Report& operator<<(std::string_view text) {
        [[maybe_unused]] const ssize_t written = ::write(descriptor_, text.data(), text.size());
        return *this;
    }
    Report& number(std::uint64_t value, int base = 10) {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.begin(), digits.end(), value, base).ptr;
        return *this << std::string_view(digits.data(),
                                         static_cast<std::size_t>(end - digits.data()));
    }
    void stack() {
        std::array<void*, 100> frames;
        const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
        backtrace_symbols_fd(frames.data(), count, descriptor_);
    }

private:
    int descriptor_;
};

std::string_view name_of(int signal) {
    const char* name = sigabbrev_np(signal);
    return name == nullptr ? "?" : name;
}

void write_threads(Report& report) {
    const std::size_t known = std::min(thread_count.load(), threads.size());
    for (std::size_t i = 0; i < known; ++i) {
        const char* name = threads[i].name.load();
        const char* activity = threads[i].activity.load();
        if (name == nullptr) continue;
        report << "thread " << name << (&threads[i] == this_thread ? " (crashed)" : "") << ": "
               << (activity == nullptr ? "idle" : activity) << "\n";
    }
}

void write_report(int signal, const siginfo_t& information) {
    Report report;
    report << "\n=== GRAPEVINE CRASH REPORT ===\nversion " << reported_version << "\nprocess ";
    report.number(static_cast<std::uint64_t>(::getpid()));
    report << "\nsignal SIG" << name_of(signal) << " at address 0x";
    report.number(reinterpret_cast<std::uintptr_t>(information.si_addr), 16);
    report << "\n";
    write_threads(report);
    report << "stack (addr2line -Cfe grapevine-server OFFSET tells more):\n";
    report.stack();
    report << "=== END OF CRASH REPORT: please send it with what the node was doing ===\n";
}

extern "C" void handle_crash(int signal, siginfo_t* information, void*) {
    static std::atomic<pid_t> reporter{0};
    pid_t nobody = 0;
    if (reporter.compare_exchange_strong(nobody, gettid())) {
        if (first_of_all != nullptr) first_of_all();
        write_report(signal, *information);
    } else if (reporter.load() != gettid()) {
        pause();  // Another thread reports and will end the process.
    }  // Else the report itself crashed.
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

}  // namespace

void report_crashes(const char* version, void (*first)() noexcept) {
    reported_version = version;
    first_of_all = first;
    std::array<void*, 1> frame;
    backtrace(frame.data(), 1);  // Its first call loads a library, which a handler must not do.
    struct sigaction action{};
    action.sa_sigaction = handle_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (const int signal : fatal_signals) sigaction(signal, &action, nullptr);
}

void introduce_thread(const char* name) {
    constexpr std::size_t stack_size = 64 << 10;
    thread_local std::array<char, stack_size> stack;
    stack_t alternative{};
    alternative.ss_sp = stack.data();
    alternative.ss_size = stack.size();
    sigaltstack(&alternative, nullptr);
    const std::size_t place = thread_count.fetch_add(1);
    if (place >= threads.size()) return;
    this_thread = &threads[place];
    this_thread->name.store(name);
}

void set_activity(const char* activity) noexcept {
    if (this_thread != nullptr) this_thread->activity.store(activity, std::memory_order_relaxed);
}

}  // namespace grapevine::node::observe
