// hiredis_load HOST PORT get|set callback|threads|batch WIDTH REQUESTS: the same load with hiredis,
// which knows no clusters: this program sends each key to its node.
#include <array>
#include <cstdlib>
#include <hiredis/adapters/libuv.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <map>
#include <string_view>
#include <thread>
#include <vector>

#include "slots/slot.h"
#include "tests/bench/client/meter.h"

namespace grapevine::bench {
namespace {

// Words of one command, as hiredis takes them.
struct Command {
    Command(bool writes, const Key& key)
        : words{writes ? "SET" : "GET", key.text().data(), value.data()},
          sizes{3, key.text().size(), value.size()},
          count(writes ? 3 : 2) {}
    std::array<const char*, 3> words;
    std::array<std::size_t, 3> sizes;
    int count;
};

// The port of each slot's primary.
std::array<int, slots::slot_count> ports_of_slots(const char* host, int port) {
    std::array<int, slots::slot_count> ports{};
    redisContext* context = redisConnect(host, port);
    auto* reply = static_cast<redisReply*>(redisCommand(context, "CLUSTER SLOTS"));
    for (std::size_t i = 0; i < reply->elements; ++i) {
        redisReply** range = reply->element[i]->element;
        for (long long slot = range[0]->integer; slot <= range[1]->integer; ++slot)
            ports[static_cast<std::size_t>(slot)] = static_cast<int>(range[2]->element[1]->integer);
    }
    freeReplyObject(reply);
    redisFree(context);
    return ports;
}

class Load {
public:
    Load(const char* host, int port, bool writes, int width, long requests)
        : host_(host),
          ports_(ports_of_slots(host, port)),
          writes_(writes),
          width_(width),
          requests_(requests) {}

    // One connection to each node on one libuv loop.
    void callback() {
        for (const int port : ports_)
            if (auto& context = nodes_[port]; context == nullptr) {
                context = redisAsyncConnect(host_, port);
                redisLibuvAttach(context, uv_default_loop());
            }
        for (int i = 0; i < width_; ++i) next();
        uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    }

    // hiredis cannot share a connection: every thread has its own to each node.
    void threads() {
        std::vector<std::jthread> all;
        for (int i = 0; i < width_; ++i) all.emplace_back([this] { one_by_one(); });
    }

    // One node only.
    void batch() {
        redisContext* context = redisConnect(host_, ports_[0]);
        std::vector<long> numbers;  // Of that node's keys.
        for (long number = 0; number < keys; ++number)
            if (port_of(Key(number)) == ports_[0]) numbers.push_back(number);
        for (std::size_t next = 0; done_ < requests_;) {
            for (int i = 0; i < width_; ++i) {
                const Key key(numbers[next++ % numbers.size()]);
                Command command(writes_, key);
                redisAppendCommandArgv(context, command.count, command.words.data(),
                                       command.sizes.data());
            }
            for (int i = 0; i < width_; ++i) take_reply(context);
        }
        redisFree(context);
    }

    const Meter meter;
    void report() const { meter.report(done_, errors_); }

private:
    int port_of(const Key& key) const { return ports_[slots::slot_of(key.text()).number]; }

    void next() {
        const long number = begun_++;
        if (number >= requests_) return;
        const Key key(number);
        Command command(writes_, key);
        redisAsyncCommandArgv(
            nodes_[port_of(key)],
            [](redisAsyncContext*, void* reply, void* load) {
                static_cast<Load*>(load)->answered(static_cast<redisReply*>(reply));
            },
            this, command.count, command.words.data(), command.sizes.data());
    }

    void answered(const redisReply* reply) {
        count(reply);
        if (done_ < requests_) return next();
        for (auto& [port, context] : nodes_) redisAsyncDisconnect(context);
    }

    void one_by_one() {
        std::map<int, redisContext*> nodes;
        for (long number = begun_++; number < requests_; number = begun_++) {
            const Key key(number);
            redisContext*& context = nodes[port_of(key)];
            if (context == nullptr) context = redisConnect(host_, port_of(key));
            Command command(writes_, key);
            redisAppendCommandArgv(context, command.count, command.words.data(),
                                   command.sizes.data());
            take_reply(context);
        }
        for (auto& [port, context] : nodes) redisFree(context);
    }

    void take_reply(redisContext* context) {
        void* reply = nullptr;
        redisGetReply(context, &reply);
        count(static_cast<redisReply*>(reply));
        if (reply != nullptr) freeReplyObject(reply);
    }

    void count(const redisReply* reply) {
        if (reply == nullptr || reply->type == REDIS_REPLY_ERROR) ++errors_;
        ++done_;
    }

    const char* host_;
    std::array<int, slots::slot_count> ports_;
    std::map<int, redisAsyncContext*> nodes_;
    bool writes_;
    int width_;
    long requests_;
    std::atomic<long> begun_{0}, done_{0}, errors_{0};
};

}  // namespace
}  // namespace grapevine::bench

int main(int count, char** arguments) {
    if (count != 7) return 2;
    const std::string_view shape = arguments[4];
    grapevine::bench::Load load(arguments[1], std::atoi(arguments[2]),
                                std::string_view(arguments[3]) == "set", std::atoi(arguments[5]),
                                std::atol(arguments[6]));
    if (shape == "callback") load.callback();
    if (shape == "threads") load.threads();
    if (shape == "batch") load.batch();
    load.report();
    return 0;
}
