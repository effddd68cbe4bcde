// One that writes to keys of its own through the library, round after round, and notes the
// outcomes.
#pragma once

#include <array>
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <map>
#include <string>

#include "slots/slot.h"
#include "tests/client/chaos/history.h"

namespace chaos {

using grapevine::client::Call;
using grapevine::client::Cluster;
using grapevine::client::Effect;
using grapevine::client::Error;
using grapevine::client::Request;
using grapevine::client::Result;
using grapevine::client::Trait;

inline constexpr auto patience =
    std::chrono::seconds(20);  // A failover, and more, when it is busy.
inline constexpr int rounds_between_proofs = 4;
// That all writers share for their pairs: few slots, which are moved.
inline constexpr std::size_t tags = 8;

using Clock = std::chrono::steady_clock;
using Number = std::optional<std::int64_t>;
using Text = std::optional<std::string>;
using Halves = Pair::Halves;

inline std::atomic<std::int64_t> rounds_ended = 0;

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
    Call<std::int64_t> append() { return append(history.next()); }
    Call<std::int64_t> append(const std::string& element) {
        Request request("APPEND", 2);
        request.key(key("history"));
        request.add(element);
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
    Call<Halves> get_two() { return get_two(tag_of_round()); }
    Call<Halves> get_two(std::size_t tag_number) {
        Request request("MGET", 2, Trait::reads);
        for (const char* half : {"a", "b"}) request.key(tag(tag_number) + half);
        return call<Halves>(std::move(request));
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
    void were_got(const Result<Halves>& result) { were_got(tag_of_round(), result, pair_is_set_); }
    void were_got(std::size_t tag_number, const Result<Halves>& result, bool is_set) {
        if (!result) return failed("MGET", result.error());
        pairs[tag_number].saw(*result, is_set);
    }
    void end() {
        longest = std::max(longest, Clock::now() - began_);
        ++rounds_ended;
        rounds_ended.notify_all();
    }

    // When and in which slot each that the servers lost had been acknowledged.
    template <typename Told>
    void each_loss(Told told) const {
        const auto tell = [&](const std::string& of, const std::vector<Instant>& times) {
            for (const Instant time : times) told(grapevine::slots::slot_of(of).number, time);
        };
        tell(key(""), history.lost_by_servers());
        tell(key(""), newest.lost_by_servers());
        for (std::size_t i = 0; i < tags; ++i) tell(tag(i), pairs[i].lost_by_servers());
    }
    Figures figures() const {
        Figures sum = history.figures();
        sum.add(newest.figures());
        for (const Pair& each : pairs) sum.add(each.figures());
        return sum;
    }

    History history;
    Newest newest;
    std::array<Pair, tags> pairs;
    Clock::duration longest{};
    std::map<std::string, int> errors;  // By command, code and effect.

    // The two keys of this round's pair, without their last letter, which is a or b.
    std::string pair_of_round() const { return tag(tag_of_round()); }
    std::string key(const char* what) const { return "{" + name_ + "}" + what; }
    std::int64_t round() const { return round_; }
    Call<void> put(const std::string& at, std::string_view value) {
        Request request("SET", 2, Trait::repeatable);
        request.key(at);
        request.add(value);
        return call<void>(std::move(request));
    }

private:
    std::size_t tag_of_round() const { return static_cast<std::size_t>(round_) % tags; }
    Pair& pair() { return pairs[tag_of_round()]; }
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

}  // namespace chaos
