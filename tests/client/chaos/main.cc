// chaos HOST:PORT NAME: writes to keys that begin with NAME and knows what must be there. Lines on
// its standard input tell it what to do:
//   cut N   end N of its connections while they are used; answer: "cut"
//   stop    write no more; answer: "stopped"
//   check   answer: the figures, "name=number ..."; and in another line what the servers have lost,
//           "SLOT@MICROSECONDS ...": when that was acknowledged, by the monotonic clock.
#include <array>
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/task.h>
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include "slots/slot.h"
#include "tests/client/chaos/cut.h"
#include "tests/client/chaos/history.h"

using namespace grapevine::client;
using namespace std::chrono_literals;

// That somebody else ends the library's connections is meant.
extern "C" const char* __tsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
const char* __tsan_default_suppressions() {            // NOLINT(bugprone-reserved-identifier)
    return "race:chaos::is_waiting\n";
}

namespace {

constexpr int coroutines = 28;
constexpr int threads = 4;
constexpr auto patience = 20s;  // A failover, and two seconds more, on a busy machine.
constexpr int rounds_between_proofs = 4;
constexpr std::size_t tags =
    8;  // That all writers share for their pairs: few slots, which are moved.

using Clock = std::chrono::steady_clock;
using Number = std::optional<std::int64_t>;
using Text = std::optional<std::string>;
using Pair = std::vector<Number>;

std::atomic<std::int64_t> rounds_ended = 0;

// Nobody else writes to its keys. All but the pairs are in one slot.
class Writer {
public:
    Writer(Cluster& cluster, std::string name) : cluster_(cluster), name_(std::move(name)) {}

    // The calls of a round, in their order.
    void begin() {
        began_ = Clock::now();
        ++round_;
    }
    Call<void> set() {
        Request request("SET", 2, Trait::repeatable);
        request.key(key("newest"));
        request.add(newest.next());
        return call<void>(std::move(request));
    }
    Call<std::int64_t> append() {
        Request request("APPEND", 2);
        request.key(key("history"));
        request.add(history.next());
        return call<std::int64_t>(std::move(request));
    }
    Call<void> set_two() {
        Request request("MSET", 4, Trait::repeatable);
        const std::int64_t number = pair().next();
        for (const char* half : {"a", "b"}) {
            request.key(tag(tag_of_round()) + half);
            request.add(number);
        }
        return call<void>(std::move(request));
    }
    Call<Text> look() { return call<Text>(reading("GET", key("history"))); }
    bool is_to_prove() const { return round_ % rounds_between_proofs == 0; }
    // Something is written to the slot, and a replica has it. Over a connection of its own, since
    // WAIT makes others wait. The server may refuse the SET and answer the WAIT: read_mark() tells.
    Call<std::int64_t> prove() {
        newest.proof_begins();
        history.proof_begins();
        Request request("SET", 2, Trait::repeatable | Trait::blocks);
        request.key(key("mark"));
        request.add(round_);
        request.begin("WAIT", 2);
        request.add(1);
        request.add(300);  // Milliseconds.
        return call<std::int64_t>(std::move(request));
    }
    Call<Number> read_mark() { return call<Number>(reading("GET", key("mark"))); }
    Call<Number> get() { return call<Number>(reading("GET", key("newest"))); }
    Call<Pair> get_two() { return get_two(tag_of_round()); }
    Call<Pair> get_two(std::size_t tag_number) {
        Request request("MGET", 2, Trait::reads);
        for (const char* half : {"a", "b"}) request.key(tag(tag_number) + half);
        return call<Pair>(std::move(request));
    }

    // And their outcomes.
    void was_set(const Result<void>& result) {
        result ? newest.was_set(Clock::now()) : failed("SET", result.error());
    }
    void was_appended(const Result<std::int64_t>& result) {
        if (result) return history.appended(*result, Clock::now());
        const Effect effect = result.error().effect;
        const auto code = result.error().code();
        if (effect != Effect::unknown) history.not_done();
        if (effect == Effect::unknown) history.not_known();
        if (effect != Effect::unknown || (code != "LOST" && code != "TIMEOUT"))
            failed("APPEND", result.error());
    }
    void were_set(const Result<void>& result) {
        pair_is_set_ = result.has_value();
        result ? pair().was_set(Clock::now()) : failed("MSET", result.error());
    }
    void was_looked_at(const Result<Text>& result) {
        result ? history.saw(result->value_or("")) : failed("GET", result.error());
    }
    void was_proven(const Result<std::int64_t>& replicas, const Result<Number>& mark) {
        if (!replicas) failed("SET and WAIT", replicas.error());
        if (!mark) failed("GET", mark.error());
        if (!replicas || *replicas < 1 || !mark || *mark != Number(round_)) return;
        newest.proof_ended();
        history.proof_ended();
    }
    void was_got(const Result<Number>& result) {
        result ? newest.saw(result->value_or(0)) : failed("GET", result.error());
    }
    void were_got(const Result<Pair>& result) { were_got(tag_of_round(), result, pair_is_set_); }
    void were_got(std::size_t tag_number, const Result<Pair>& result, bool is_set) {
        if (!result) return failed("MGET", result.error());
        if (result->size() != 2 || (*result)[0] != (*result)[1]) torn += is_set;
        if (!result->empty()) pairs[tag_number].saw((*result)[0].value_or(0));
    }
    void end() {
        longest = std::max(longest, Clock::now() - began_);
        ++rounds_ended;
        rounds_ended.notify_all();
    }

    // When and in which slot each that the servers lost had been acknowledged.
    template <typename Told>
    void each_loss(Told told) const {
        const auto tell = [&](const std::string& of, const std::vector<chaos::Instant>& times) {
            for (const chaos::Instant time : times)
                told(grapevine::slots::slot_of(of).number, time);
        };
        tell(key(""), history.lost_by_servers());
        tell(key(""), newest.lost_by_servers());
        for (std::size_t i = 0; i < tags; ++i) tell(tag(i), pairs[i].lost_by_servers());
    }
    chaos::Figures figures() const {
        chaos::Figures sum = history.figures();
        sum.add(newest.figures());
        for (const chaos::Newest& each : pairs) sum.add(each.figures());
        return sum;
    }

    chaos::History history;
    chaos::Newest newest;
    std::array<chaos::Newest, tags> pairs;  // Each is two keys that get one number together.
    std::int64_t torn = 0;                  // Two keys of one MSET that differ.
    Clock::duration longest{};
    std::map<std::string, int> errors;  // By command, code and effect.

private:
    std::string key(const char* what) const { return "{" + name_ + "}" + what; }
    std::size_t tag_of_round() const { return static_cast<std::size_t>(round_) % tags; }
    chaos::Newest& pair() { return pairs[tag_of_round()]; }
    std::string tag(std::size_t number) const {
        return "{hot" + std::to_string(number) + "}" + name_;
    }
    static Request reading(std::string_view name, const std::string& key) {
        Request request(name, 1, Trait::reads);
        request.key(key);
        return request;
    }
    template <typename T>
    Call<T> call(Request&& request) {
        return cluster_.call<T>(std::move(request)).within(patience);
    }
    void failed(const char* what, const Error& error) {
        const std::string entry = std::string(what) + "/" + std::string(error.code()) + "/" +
                                  std::string(to_string(error.effect));
        if (++errors[entry] == 1) std::fprintf(stderr, "%s: %s\n", what, to_string(error).c_str());
    }

    Cluster& cluster_;
    const std::string name_;
    std::int64_t round_ = 0;
    bool pair_is_set_ = false;
    Clock::time_point began_{};
};

Task<void> write(Writer& writer, const std::atomic<bool>& over, std::atomic<int>& left) {
    while (!over) {
        writer.begin();
        auto [set, appended, both] = co_await all(writer.set(), writer.append(), writer.set_two());
        writer.was_set(set);
        writer.was_appended(appended);
        writer.were_set(both);
        if (writer.history.must_look()) writer.was_looked_at(co_await writer.look());
        if (writer.is_to_prove()) {
            const auto replicas = co_await writer.prove();
            writer.was_proven(replicas, co_await writer.read_mark());
        }
        auto [got, pair] = co_await all(writer.get(), writer.get_two());
        writer.was_got(got);
        writer.were_got(pair);
        writer.end();
    }
    if (--left == 0) left.notify_all();
}

void write_blocking(Writer& writer, const std::atomic<bool>& over) {
    while (!over) {
        writer.begin();
        writer.was_set(writer.set().wait());
        writer.was_appended(writer.append().wait());
        writer.were_set(writer.set_two().wait());
        if (writer.history.must_look()) writer.was_looked_at(writer.look().wait());
        if (writer.is_to_prove()) {
            const auto replicas = writer.prove().wait();
            writer.was_proven(replicas, writer.read_mark().wait());
        }
        writer.was_got(writer.get().wait());
        writer.were_got(writer.get_two().wait());
        writer.end();
    }
}

using Writers = std::vector<std::unique_ptr<Writer>>;

// What is there in the end, when the cluster is whole.
void check(Writers& writers) {
    for (const auto& writer : writers) {
        writer->was_looked_at(writer->look().wait());
        writer->was_got(writer->get().wait());
        for (std::size_t tag = 0; tag < tags; ++tag)
            writer->were_got(tag, writer->get_two(tag).wait(), true);
    }
}

void print_figures(const Writers& writers, const Figures& client) {
    chaos::Figures sum;
    std::int64_t torn = 0, errors = 0, longest = 0;
    std::size_t by_servers = 0;
    for (const auto& writer : writers) {
        sum.add(writer->figures());
        writer->each_loss([&](auto, auto) { ++by_servers; });
        torn += writer->torn;
        for (const auto& [what, count] : writer->errors) errors += count;
        longest = std::max<std::int64_t>(longest, writer->longest / 1ms);
    }
    std::cout << "acknowledged=" << sum.acknowledged << " proven=" << sum.proven
              << " lost=" << sum.lost << " lost_by_servers=" << by_servers
              << " duplicates=" << sum.duplicates << " false=" << sum.false_ones
              << " misplaced=" << sum.misplaced << " torn=" << torn << " unknown=" << sum.unknown
              << " errors=" << errors << " longest_ms=" << longest << " fetches=" << client.fetches
              << " redirects=" << client.redirects << " retries=" << client.retries << std::endl;
}

void print_losses(const Writers& writers) {
    const char* blank = "";
    for (const auto& writer : writers) {
        writer->each_loss([&](std::uint16_t slot, chaos::Instant time) {
            std::cout << std::exchange(blank, " ") << slot << '@' << time.time_since_epoch() / 1us;
        });
    }
    std::cout << std::endl;
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    Writers writers;
    for (int i = 0; i < coroutines + threads; ++i)
        writers.push_back(std::make_unique<Writer>(*cluster, arguments[2] + std::to_string(i)));
    std::atomic<bool> over = false;
    std::atomic<int> left = coroutines;
    for (std::size_t i = 0; i < coroutines; ++i) spawn(write(*writers[i], over, left));
    std::vector<std::thread> blocking;
    for (std::size_t i = coroutines; i < writers.size(); ++i)
        blocking.emplace_back([&, i] { write_blocking(*writers[i], over); });
    std::cout << "ready" << std::endl;

    std::string line;
    while (std::getline(std::cin, line) && line.starts_with("cut ")) {
        chaos::cut(std::stoi(line.substr(4)), [] { rounds_ended.wait(rounds_ended); });
        std::cout << "cut" << std::endl;
    }
    over = true;
    for (int open = left; open > 0; open = left) left.wait(open);
    for (std::thread& thread : blocking) thread.join();
    const Figures figures = cluster->figures();
    std::cout << "stopped" << std::endl;

    std::getline(std::cin, line);
    check(writers);
    print_figures(writers, figures);
    print_losses(writers);
    return 0;
}
