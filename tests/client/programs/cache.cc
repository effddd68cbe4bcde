// client-cache HOST:PORT KEYS ROUNDS: writers that only count upwards and readers with a cache, who
// must never see a key go back; and writers who must see what they wrote. Prints what was wrong,
// and figures.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <grapevine/cluster.h>
#include <grapevine/future.h>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace grapevine::client;

constexpr int readers = 3;
constexpr int strangers = 2;  // Writers that have a client of their own.
std::atomic<long> wrong{0};
std::atomic<long> errors{0};

std::string key_of(const char* prefix, unsigned number) {
    return prefix + std::to_string(number);
}

// Values go up: INCR of one of all keys.
void write_as_stranger(const std::string& address, unsigned keys, long rounds, unsigned seed) {
    auto cluster = Cluster::connect(address);
    if (!cluster) return void(++errors);
    std::mt19937 chance(seed);
    for (long i = 0; i < rounds; ++i)
        if (!cluster->incr(key_of("up:", chance() % keys)).wait()) ++errors;
}

void read_all(Cluster& cluster, unsigned keys, long rounds, unsigned seed) {
    std::mt19937 chance(seed);
    std::vector<long> seen(keys);
    for (long i = 0; i < rounds; ++i) {
        const unsigned number = chance() % keys;
        const auto now = cluster.get<long>(key_of("up:", number)).wait();
        if (!now) {
            ++errors;
        } else if (now->value_or(0) < seen[number]) {
            ++wrong;
        } else {
            seen[number] = now->value_or(0);
        }
    }
}

// Nobody else writes these keys: what was set last is what is there, answered or not.
void write_and_read_own(Cluster& cluster, unsigned me, long rounds) {
    const std::string key = key_of("own:", me);
    for (long i = 0; i < rounds; ++i) {
        const bool waits = i % 2 == 0;
        auto set = cluster.set(key, i);
        if (waits) {
            if (!std::move(set).wait()) ++errors;
        } else {
            std::move(set).then([](const auto& done) {
                if (!done) ++errors;
            });
        }
        for (int again = 0; again < 3; ++again) {
            const auto now = cluster.get<long>(key).wait();
            if (!now) {
                ++errors;
            } else if (now->value_or(-1) != i) {
                ++wrong;
            }
        }
    }
}

}  // namespace

int main(int, char** arguments) {
    const std::string address = arguments[1];
    const auto keys = static_cast<unsigned>(std::atoi(arguments[2]));
    const long rounds = std::atol(arguments[3]);
    const unsigned seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    auto cluster =
        Cluster::connect(address, {.patience = std::chrono::seconds(20), .cache_bytes = 1u << 20});
    if (!cluster) return std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str()), 1;
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < strangers; ++i)
            threads.emplace_back([&, i] { write_as_stranger(address, keys, rounds, seed + i); });
        for (unsigned i = 0; i < readers; ++i)
            threads.emplace_back([&, i] { read_all(*cluster, keys, 20 * rounds, seed - i); });
        for (unsigned i = 0; i < 2; ++i)
            threads.emplace_back([&, i] { write_and_read_own(*cluster, i, rounds); });
    }
    const CacheFigures figures = cluster->figures().cache;
    std::printf("wrong %ld errors %ld hits %llu misses %llu invalidations %llu\n", wrong.load(),
                errors.load(), static_cast<unsigned long long>(figures.hits),
                static_cast<unsigned long long>(figures.misses),
                static_cast<unsigned long long>(figures.invalidations));
    return wrong == 0 && errors == 0 ? 0 : 1;
}
