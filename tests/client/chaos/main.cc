// chaos HOST:PORT NAME: writes to keys that begin with NAME and knows what must be there. Lines on
// its standard input tell it to "stop" and then to "check"; it answers "stopped" and the figures,
// "name=number ...".
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/task.h>
#include <iostream>
#include <map>
#include <thread>

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

constexpr int coroutines = 48;
constexpr int threads = 4;
constexpr int keys_each = 20;
constexpr auto patience = 20s;  // A failover, and two seconds more.

Request command(std::string_view name, std::string_view key, Trait traits) {
    Request request(name, 1, traits);
    request.key(key);
    return request;
}

Request set(std::string_view key, std::int64_t value) {
    Request request("SET", 2, Trait::repeatable);
    request.key(key);
    request.add(value);
    return request;
}

Request set_two(const std::string& tag, std::int64_t value) {
    Request request("MSET", 4, Trait::repeatable);
    for (const char* half : {"a", "b"}) {
        request.key(tag + half);
        request.add(value);
    }
    return request;
}

Request get_two(const std::string& tag) {
    Request request("MGET", 2, Trait::reads);
    for (const char* half : {"a", "b"}) request.key(tag + half);
    return request;
}

// What one writer did, and what it may expect to find: nobody else writes to its keys.
struct Writer {
    std::string name;
    std::int64_t number = 0;                      // Grows with each write.
    std::map<std::string, std::int64_t> written;  // By key: what was acknowledged last.
    std::int64_t counted = 0;                     // INCRs that were acknowledged,
    std::int64_t may_be_counted = 0;              // and whose fate is not known.
    std::int64_t calls = 0;
    std::int64_t duplicates = 0;
    std::int64_t stale = 0;  // Reads of less than what was acknowledged.
    std::int64_t torn = 0;   // Two keys of one MSET that differ.
    std::chrono::microseconds longest{};
    std::map<std::string, int> errors;  // By command, code and effect.

    std::string key() const { return name + ":" + std::to_string(number % keys_each); }
    std::string counter() const { return name + ":counter"; }
    // Tags that share few slots: those that are moved meanwhile.
    std::string tag() const { return "{hot" + std::to_string(number % 8) + "}" + name; }

    void failed(const char* what, const Error& error) {
        const std::string entry = std::string(what) + "/" + std::string(error.code()) + "/" +
                                  std::string(to_string(error.effect));
        if (++errors[entry] == 1) std::fprintf(stderr, "%s\n", to_string(error).c_str());
    }
    void was_set(const Result<void>& result) {
        result ? void(written[key()] = number) : failed("SET", result.error());
    }
    void was_got(const Result<std::optional<std::int64_t>>& result) {
        if (!result) return failed("GET", result.error());
        const auto known = written.find(key());
        stale += known != written.end() && result->value_or(0) < known->second;
    }
    void was_counted(const Result<std::int64_t>& result) {
        if (!result) {
            may_be_counted += result.error().effect == Effect::unknown;
            return failed("INCR", result.error());
        }
        ++counted;
        duplicates += *result > counted + may_be_counted;
    }
    void were_set(const Result<void>& result) {
        if (!result) failed("MSET", result.error());
    }
    void were_got(const Result<std::vector<std::optional<std::int64_t>>>& result) {
        if (!result) return failed("MGET", result.error());
        torn += result->size() != 2 || (*result)[0] != (*result)[1];
    }
};

using Number = std::optional<std::int64_t>;
using Clock = std::chrono::steady_clock;

void end_round(Writer& writer, Clock::time_point began) {
    writer.calls += 5;
    writer.longest =
        std::max(writer.longest,
                 std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began));
}

Task<void> write(Cluster& cluster, Writer& writer, const std::atomic<bool>& over,
                 std::atomic<int>& left) {
    while (!over) {
        const auto began = Clock::now();
        ++writer.number;
        auto [was_set, counted, were_set] =
            co_await all(cluster.call<void>(set(writer.key(), writer.number)).within(patience),
                         cluster.call<std::int64_t>(command("INCR", writer.counter(), Trait::none))
                             .within(patience),
                         cluster.call<void>(set_two(writer.tag(), writer.number)).within(patience));
        writer.was_set(was_set);
        writer.was_counted(counted);
        writer.were_set(were_set);
        auto [got, both] = co_await all(
            cluster.call<Number>(command("GET", writer.key(), Trait::reads)).within(patience),
            cluster.call<std::vector<Number>>(get_two(writer.tag())).within(patience));
        writer.was_got(got);
        if (were_set) writer.were_got(both);
        end_round(writer, began);
    }
    if (--left == 0) left.notify_all();
}

void write_blocking(Cluster& cluster, Writer& writer, const std::atomic<bool>& over) {
    while (!over) {
        const auto began = Clock::now();
        ++writer.number;
        writer.was_set(
            cluster.call<void>(set(writer.key(), writer.number)).within(patience).wait());
        writer.was_counted(
            cluster.call<std::int64_t>(command("INCR", writer.counter(), Trait::none))
                .within(patience)
                .wait());
        const auto were_set =
            cluster.call<void>(set_two(writer.tag(), writer.number)).within(patience).wait();
        writer.were_set(were_set);
        writer.was_got(cluster.call<Number>(command("GET", writer.key(), Trait::reads))
                           .within(patience)
                           .wait());
        auto both =
            cluster.call<std::vector<Number>>(get_two(writer.tag())).within(patience).wait();
        if (were_set) writer.were_got(both);
        end_round(writer, began);
    }
}

struct Sum {
    std::int64_t calls = 0, acknowledged = 0, lost = 0, duplicates = 0, uncounted = 0, unknown = 0,
                 stale = 0, torn = 0, errors = 0, longest_ms = 0;
};

// What is there in the end, when the cluster is whole.
void check(Cluster& cluster, Writer& writer, Sum& sum) {
    for (const auto& [key, value] : writer.written) {
        const auto found =
            cluster.call<Number>(command("GET", key, Trait::reads)).within(patience).wait();
        ++sum.acknowledged;
        sum.lost += !found || found->value_or(0) < value;
    }
    const auto counter = cluster.call<Number>(command("GET", writer.counter(), Trait::reads))
                             .within(patience)
                             .wait();
    const std::int64_t value = counter ? counter->value_or(0) : 0;
    sum.duplicates += writer.duplicates +
                      std::max<std::int64_t>(0, value - writer.counted - writer.may_be_counted);
    sum.uncounted += std::max<std::int64_t>(0, writer.counted - value);
    sum.unknown += writer.may_be_counted;
    sum.calls += writer.calls;
    sum.stale += writer.stale;
    sum.torn += writer.torn;
    sum.longest_ms = std::max<std::int64_t>(sum.longest_ms, writer.longest.count() / 1000);
    for (const auto& [what, count] : writer.errors)
        if (what != "INCR/LOST/unknown" && what != "INCR/TIMEOUT/unknown") sum.errors += count;
}

void print(const Sum& sum, const Figures& figures) {
    std::printf(
        "calls=%lld acknowledged=%lld lost=%lld duplicates=%lld uncounted=%lld unknown=%lld "
        "stale=%lld torn=%lld errors=%lld longest_ms=%lld fetches=%llu redirects=%llu "
        "retries=%llu\n",
        static_cast<long long>(sum.calls), static_cast<long long>(sum.acknowledged),
        static_cast<long long>(sum.lost), static_cast<long long>(sum.duplicates),
        static_cast<long long>(sum.uncounted), static_cast<long long>(sum.unknown),
        static_cast<long long>(sum.stale), static_cast<long long>(sum.torn),
        static_cast<long long>(sum.errors), static_cast<long long>(sum.longest_ms),
        static_cast<unsigned long long>(figures.fetches),
        static_cast<unsigned long long>(figures.redirects),
        static_cast<unsigned long long>(figures.retries));
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    std::vector<Writer> writers(coroutines + threads);
    for (std::size_t i = 0; i < writers.size(); ++i)
        writers[i].name = arguments[2] + std::to_string(i);
    std::atomic<bool> over = false;
    std::atomic<int> left = coroutines;
    for (int i = 0; i < coroutines; ++i)
        spawn(write(*cluster, writers[static_cast<std::size_t>(i)], over, left));
    std::vector<std::thread> blocking;
    for (std::size_t i = coroutines; i < writers.size(); ++i)
        blocking.emplace_back([&, i] { write_blocking(*cluster, writers[i], over); });
    std::cout << "ready" << std::endl;

    std::string line;
    std::getline(std::cin, line);
    over = true;
    for (int open = left; open > 0; open = left) left.wait(open);
    for (std::thread& thread : blocking) thread.join();
    const Figures figures = cluster->figures();
    std::cout << "stopped" << std::endl;

    std::getline(std::cin, line);
    Sum sum;
    for (Writer& writer : writers) check(*cluster, writer, sum);
    print(sum, figures);
    return 0;
}
