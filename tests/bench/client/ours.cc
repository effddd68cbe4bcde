// client_load HOST:PORT get|set callback|coroutine|threads|batch WIDTH REQUESTS [CA_FILE]: a closed
// loop of WIDTH requests in flight (threads: that many threads; batch: a Pipeline of that many,
// then the next); over TLS with the authorities' file.
#include <cstdlib>
#include <grapevine/cluster.h>
#include <grapevine/pipeline.h>
#include <grapevine/task.h>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/client/meter.h"

namespace grapevine::bench {
namespace {

using namespace client;
using Seen = std::optional<std::string_view>;
using Kept = std::optional<std::string>;

Request get(std::string_view key) {
    Request request("GET", 1, Trait::reads);
    request.key(key);
    return request;
}

Request set(std::string_view key) {
    Request request("SET", 2, Trait::repeatable);
    request.key(key);
    request.add(value);
    return request;
}

class Load {
public:
    Load(Cluster& cluster, bool writes, int width, long requests)
        : cluster_(cluster), writes_(writes), width_(width), requests_(requests) {}

    void callback() {
        for (int i = 0; i < width_; ++i) writes_ ? next<void>() : next<Seen>();
        ended_.wait(false);
    }
    void coroutine() {
        for (int i = 0; i < width_; ++i) spawn(writes_ ? worker<void>() : worker<Kept>());
        ended_.wait(false);
    }
    void threads() {
        std::vector<std::jthread> all;
        for (int i = 0; i < width_; ++i)
            all.emplace_back([this] { writes_ ? one_by_one<void>() : one_by_one<Kept>(); });
    }
    void batch() { writes_ ? batches<void>() : batches<Kept>(); }

    const Meter meter;
    void report() const { meter.report(done_, errors_); }

private:
    template <typename T>
    Call<T> call(long number) {
        return cluster_.call<T>(request(number));
    }
    Request request(long number) const {
        const Key key(number);
        return writes_ ? set(key.text()) : get(key.text());
    }

    // For a number below `requests_`, or the end of whoever asks.
    long begin() { return begun_.fetch_add(1, std::memory_order_relaxed); }

    template <typename T>
    void count(const Result<T>& result) {
        if (!result) errors_.fetch_add(1, std::memory_order_relaxed);
        if (done_.fetch_add(1, std::memory_order_relaxed) + 1 != requests_) return;
        ended_ = true;
        ended_.notify_all();
    }

    template <typename T>
    void next() {
        const long number = begin();
        if (number >= requests_) return;
        call<T>(number).then([this](const Result<T>& result) {
            count(result);
            next<T>();
        });
    }

    template <typename T>
    Task<void> worker() {
        for (long number = begin(); number < requests_; number = begin()) {
            const Result<T> result = co_await call<T>(number);
            count(result);
        }
    }

    template <typename T>
    void one_by_one() {
        for (long number = begin(); number < requests_; number = begin())
            count(call<T>(number).wait());
    }

    template <typename T>
    void batches() {
        Pipeline pipeline(cluster_);
        std::vector<Pipeline::Handle<T>> results;
        while (begun_ < requests_) {
            for (int i = 0; i < width_; ++i) results.push_back(pipeline.call<T>(request(begin())));
            pipeline.run().wait();
            for (const auto& result : results) count(*result);
            results.clear();
            pipeline.clear();
        }
    }

    Cluster& cluster_;
    bool writes_;
    int width_;
    long requests_;
    std::atomic<long> begun_{0}, done_{0}, errors_{0};
    std::atomic<bool> ended_{false};
};

int run(const char* address, std::string_view command, std::string_view shape, int width,
        long requests, const Options& options) {
    auto cluster = Cluster::connect(address, options);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    // Connections and pools are there before the clock starts.
    Load first(*cluster, false, width, 20'000);
    first.callback();
    Load load(*cluster, command == "set", width, requests);
    if (shape == "callback") load.callback();
    if (shape == "coroutine") load.coroutine();
    if (shape == "threads") load.threads();
    if (shape == "batch") load.batch();
    load.report();
    cluster = Error{};  // Its thread ends before what it works on.
    return 0;
}

}  // namespace
}  // namespace grapevine::bench

int main(int count, char** arguments) {
    if (count != 6 && count != 7) return 2;
    grapevine::client::Options options;
    if (count == 7) options.tls = grapevine::client::Tls{.ca_file = arguments[6]};
    return grapevine::bench::run(arguments[1], arguments[2], arguments[3], std::atoi(arguments[4]),
                                 std::atol(arguments[5]), options);
}
