// client_failover HOST:PORT set|incr: eight threads, each with one request at a time and 2 ms
// between them, until the standard input ends. Says "running" when all goes well, and at its end in
// JSON what the caller saw and what the servers have.
#include <array>
#include <cstdio>
#include <grapevine/cluster.h>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/client/meter.h"

namespace grapevine::bench {
std::atomic<long> allocations{0};

namespace {

using namespace client;
using namespace std::chrono_literals;

constexpr int workers = 8;
constexpr std::size_t counters = 200;
constexpr long enough = 400;  // Requests before "running" and after the end of the input.

struct Counter {
    std::atomic<long> done{0}, unknown{0};
};

class Load {
public:
    Load(Cluster& cluster, bool increments) : cluster_(cluster), increments_(increments) {}

    void run() {
        std::vector<std::jthread> all;
        for (int i = 0; i < workers; ++i) all.emplace_back([this] { work(); });
        wait_for_more();
        std::puts("running");
        std::fflush(stdout);
        while (std::getchar() != EOF) {}
        wait_for_more();
        stop_ = true;
    }

    void report() {
        long twice = 0;
        long lost = 0;
        for (std::size_t i = 0; increments_ && i < counters; ++i) {
            const long told = counters_[i].done;
            const long there = read(i);
            if (there < told) lost += told - there;
            if (there > told + counters_[i].unknown) twice += there - told - counters_[i].unknown;
        }
        std::printf(
            "{\"done\": %ld, \"errors\": %ld, \"unknown\": %ld, \"twice\": %ld, \"lost\": %ld, "
            "\"fetches\": %ld, \"error\": \"%s\"}\n",
            done_.load(), errors_.load(), unknown_.load(), twice, lost,
            static_cast<long>(cluster_.figures().fetches), first_error_.c_str());
    }

private:
    static std::string key(std::size_t index) { return "failover:" + std::to_string(index); }

    void wait_for_more() {
        for (const long target = done_ + enough; done_ < target;) std::this_thread::sleep_for(1ms);
    }

    void work() {
        while (!stop_) {
            one(static_cast<std::size_t>(begun_++) % counters);
            std::this_thread::sleep_for(2ms);
        }
    }

    void one(std::size_t index) {
        Request request(increments_ ? "INCR" : "SET", increments_ ? 1 : 2,
                        increments_ ? Trait::none : Trait::repeatable);
        request.key(key(index));
        if (!increments_) request.add(value);
        const auto result = cluster_.call<void>(std::move(request)).within(patience).wait();
        result ? succeeded(index) : failed(index, result.error());
    }

    void succeeded(std::size_t index) {
        ++counters_[index].done;
        ++done_;
    }

    // An unknown fate of an INCR is the truth and not an error that retrying could have hidden.
    void failed(std::size_t index, const Error& error) {
        if (increments_ && error.effect == Effect::unknown) {
            ++counters_[index].unknown;
            ++unknown_;
        } else if (errors_++ == 0) {
            first_error_ = to_string(error);
        }
    }

    long read(std::size_t index) {
        Request request("GET", 1, Trait::reads);
        request.key(key(index));
        const auto result =
            cluster_.call<std::optional<std::int64_t>>(std::move(request)).within(patience).wait();
        return result ? result->value_or(0) : 0;
    }

    static constexpr auto patience = 30s;

    Cluster& cluster_;
    bool increments_;
    std::array<Counter, counters> counters_;
    std::atomic<long> begun_{0}, done_{0}, errors_{0}, unknown_{0};
    std::atomic<bool> stop_{false};
    std::string first_error_;
};

}  // namespace
}  // namespace grapevine::bench

int main(int count, char** arguments) {
    if (count != 3) return 2;
    auto cluster = grapevine::client::Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    grapevine::bench::Load load(*cluster, std::string_view(arguments[2]) == "incr");
    load.run();
    load.report();
    return 0;
}
