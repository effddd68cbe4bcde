// What a load has cost this process, and the load that all programs of this folder make.
#pragma once

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <sys/resource.h>

namespace grapevine::bench {

extern std::atomic<long> allocations;  // By malloc and all that is made of it.

inline constexpr long keys = 100'000;
inline const std::string value(100, 'x');

// Every key once in `keys` requests, neighbours in different slots.
class Key {
public:
    explicit Key(long request)
        : end_(std::to_chars(text_ + 4, text_ + sizeof text_, request * 7919 % keys).ptr) {}
    Key(const Key&) = delete;
    std::string_view text() const { return {text_, static_cast<std::size_t>(end_ - text_)}; }

private:
    char text_[32] = {'k', 'e', 'y', ':'};
    char* end_;
};

class Meter {
public:
    // One line of JSON for tests/bench/client.py.
    void report(long done, long errors) const {
        const double processor = processor_seconds() - processor_;
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started_;
        const auto allocated = static_cast<double>(allocations - allocations_);
        std::printf(
            "{\"per_processor_second\": %.0f, \"per_second\": %.0f, \"allocations\": %.4f, "
            "\"errors\": %ld}\n",
            static_cast<double>(done) / processor, static_cast<double>(done) / time.count(),
            allocated / static_cast<double>(done), errors);
    }

private:
    static double processor_seconds() {
        rusage used;
        getrusage(RUSAGE_SELF, &used);
        return seconds(used.ru_utime) + seconds(used.ru_stime);
    }
    static double seconds(const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    }

    double processor_ = processor_seconds();
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    long allocations_ = allocations;
};

}  // namespace grapevine::bench
