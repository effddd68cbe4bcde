// client_moving HOST:PORT: eight threads with commands of several keys, of one slot and of several,
// until the standard input ends. Says "running" when all goes well, and at its end in JSON what the
// caller saw and what the library had to deal with.
#include <cstdio>
#include <grapevine/cluster.h>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/client/meter.h"

namespace grapevine::bench {
std::atomic<long> allocations{0};

namespace {

using namespace client;
using namespace std::chrono_literals;

constexpr int workers = 8;
constexpr int tags = 20;  // Each is a slot; as in tests/bench/moving.py.
constexpr int keys_of_tag = 20;
constexpr long enough = 400;  // Calls before "running" and after the end of the input.

std::string key(int tag, int number) {
    return "moving:{" + std::to_string(tag) + "}:" + std::to_string(number);
}

class Load {
public:
    explicit Load(Cluster& cluster) : cluster_(cluster) {}

    void run() {
        std::vector<std::jthread> all;
        for (int i = 0; i < workers; ++i) all.emplace_back([this, i] { work(i); });
        wait_for_more();
        std::puts("running");
        std::fflush(stdout);
        while (std::getchar() != EOF) {}
        wait_for_more();
        stop_ = true;
    }

    void report() const {
        const Figures figures = cluster_.figures();
        std::printf(
            "{\"done\": %ld, \"errors\": %ld, \"redirects\": %ld, \"retries\": %ld, \"error\": "
            "\"%s\"}\n",
            done_.load(), errors_.load(), static_cast<long>(figures.redirects),
            static_cast<long>(figures.retries), first_error_.c_str());
    }

private:
    void wait_for_more() {
        for (const long target = done_ + errors_ + enough; done_ + errors_ < target;)
            std::this_thread::sleep_for(1ms);
    }

    void work(int worker) {
        for (int turn = worker; !stop_; ++turn) {
            read(of_one_slot(turn));
            write(of_one_slot(turn + 1));
            read(of_several_slots(turn));
            write(of_several_slots(turn + 1));
            if (turn % 4 == 0) remove(of_one_slot(turn + 2));
            if (turn % 4 == 2) remove(of_several_slots(turn + 2));
        }
    }

    static std::vector<std::string> of_one_slot(int turn) {
        std::vector<std::string> keys;
        for (int i = 0; i < 5; ++i) keys.push_back(key(turn % tags, (turn + i) % keys_of_tag));
        return keys;
    }
    static std::vector<std::string> of_several_slots(int turn) {
        std::vector<std::string> keys;
        for (int i = 0; i < 10; ++i)
            keys.push_back(key((turn + i / 2) % tags, (turn + i) % keys_of_tag));
        return keys;
    }

    void read(const std::vector<std::string>& keys) {
        auto found = cluster_.mget(keys).wait();
        for (auto& [name, error] : found.failed()) return failed(error);
        ++done_;
    }
    void write(const std::vector<std::string>& keys) {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const auto& each : keys) pairs.emplace_back(each, value);
        count(cluster_.mset(pairs).wait());
    }
    void remove(const std::vector<std::string>& keys) { count(cluster_.del(keys).wait()); }

    void count(const Result<std::int64_t>& result) {
        if (!result) return failed(result.error());
        ++done_;
    }
    void failed(const Error& error) {
        if (errors_++ == 0) first_error_ = to_string(error);
    }

    Cluster& cluster_;
    std::atomic<long> done_{0}, errors_{0};
    std::atomic<bool> stop_{false};
    std::string first_error_;
};

}  // namespace
}  // namespace grapevine::bench

int main(int count, char** arguments) {
    if (count != 2) return 2;
    auto cluster = grapevine::client::Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    grapevine::bench::Load load(*cluster);
    load.run();
    load.report();
    return 0;
}
