#include <atomic>
#include <future>
#include <grapevine/transact.h>
#include <optional>
#include <thread>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

// transaction COMMAND KEY ... ; COMMAND KEY ... -> the replies with " | " between them
std::string transaction(Cluster& cluster, const Words& words) {
    Transaction transaction(cluster);
    std::vector<Place<Value>> places;
    for (const Words& part : split(words)) places.push_back(transaction.call(request_of(part)));
    auto replies = std::move(transaction).run().wait();
    if (!replies) return text_of(replies.error());
    std::string text;
    for (const auto place : places)
        text += (text.empty() ? "" : " | ") + text_of((*replies)[place]);
    return text;
}

// What is done over and over while the line is open for other things.
struct Loop {
    std::atomic<bool> wanted{true};
    std::future<std::string> end;
};
std::optional<Loop> loop;

// Two keys of each tag, lap by lap, are counted up in one transaction. The last lap begins when it
// is wanted no longer.
std::string count_pairs(Cluster& cluster, int tags) {
    int done = 0, different = 0;
    std::string errors;
    bool last = false;
    for (int lap = 1; !last; ++lap) {
        last = !loop->wanted;
        for (int i = 0; i < tags; ++i) {
            const std::string tag = "{busy:" + std::to_string(i) + "}";
            Transaction both(cluster);
            const auto a = both.call<std::int64_t>(request_of({"INCR", tag + "a"}));
            const auto b = both.call<std::int64_t>(request_of({"INCR", tag + "b"}));
            const auto replies = std::move(both).run().wait();
            if (!replies) {
                errors += " " + text_of(replies.error());
                continue;
            }
            ++done;
            const auto first = (*replies)[a], second = (*replies)[b];
            different += !first || !second || *first != *second || *first != lap;
        }
    }
    return "done=" + std::to_string(done) + " different=" + std::to_string(different) + errors;
}

// A number is read and written back one larger, never two at once.
Result<bool> raise(Cluster& cluster, const std::string& key, int& attempts, Tries tries = {}) {
    const auto fill = [&](Watched& watched) {
        ++attempts;
        const auto number =
            watched.ask<std::optional<std::int64_t>>(request_of({"GET", key}, Trait::reads));
        if (!number) return false;
        const auto next = std::to_string(number->value_or(0) + 1);
        watched.call(request_of({"SET", key, next}));
        return true;
    };
    const auto replies = transact(cluster, key, fill, tries);
    if (!replies) return replies.error();
    return replies->has_value();
}

// watched N KEY: raises it N times -> how often that was tried
std::string watched(Cluster& cluster, const Words& words) {
    int attempts = 0;
    for (int i = 0; i < std::stoi(words[0]); ++i) {
        const auto raised = raise(cluster, words[1], attempts);
        if (!raised) return text_of(raised.error());
    }
    return std::to_string(attempts);
}

std::string count_watched(Cluster& cluster, const std::string& key) {
    int times = 0, attempts = 0;
    for (bool last = false; !last; ++times) {
        last = !loop->wanted;
        const auto raised = raise(cluster, key, attempts);
        if (!raised) return text_of(raised.error());
    }
    return std::to_string(times);
}

// begin pairs TAGS | begin watched KEY -> "begun"; it goes on until
// end -> done=N different=N ERRORS | how often it was raised
std::string begin(Cluster& cluster, const Words& words) {
    loop.emplace();
    loop->end = std::async(std::launch::async, [&cluster, words] {
        return words[0] == "pairs" ? count_pairs(cluster, std::stoi(words[1]))
                                   : count_watched(cluster, words[1]);
    });
    return "begun";
}

std::string end(Cluster&, const Words&) {
    loop->wanted = false;
    return loop->end.get();
}

const Tries while_contended = std::chrono::seconds(60);

// What several that want the same key did altogether.
struct Tally {
    std::atomic<int> attempts{0};
    std::atomic<int> failed{0};
    std::atomic<int> left;
    explicit Tally(int callers) : left(callers) {}
};

Task<> raise_in_turn(Cluster& cluster, std::string key, int times, Tally& tally) {
    for (int i = 0; i < times; ++i) {
        const auto body = [&](Watching& watching) -> Task<bool> {
            ++tally.attempts;
            Request get = request_of({"GET", key}, Trait::reads);
            const auto number = co_await watching.ask<std::optional<std::int64_t>>(std::move(get));
            if (!number) co_return false;
            const auto next = std::to_string(number->value_or(0) + 1);
            watching.call(request_of({"SET", key, next}));
            co_return true;
        };
        const auto raised = co_await transact(cluster, key, body, while_contended);
        if (!raised || !*raised) ++tally.failed;
    }
    if (--tally.left == 0) tally.left.notify_all();
}

void raise_on_threads(Cluster& cluster, const std::string& key, int times, int threads,
                      Tally& tally) {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            int attempts = 0;
            for (int lap = 0; lap < times; ++lap) {
                const auto raised = raise(cluster, key, attempts, while_contended);
                if (!raised || !*raised) ++tally.failed;
            }
            tally.attempts += attempts;
        });
}

// contend threads|coroutines CALLERS N KEY: each raises it N times -> attempts and failures.
// Coroutines begin on four threads.
std::string contend(Cluster& cluster, const Words& words) {
    const int callers = std::stoi(words[1]), times = std::stoi(words[2]);
    Tally tally(callers);
    if (words[0] == "threads") {
        raise_on_threads(cluster, words[3], times, callers, tally);
    } else {
        constexpr int threads = 4;
        std::vector<std::jthread> starting;
        for (int thread = 0; thread < threads; ++thread)
            starting.emplace_back([&, thread] {
                for (int i = thread; i < callers; i += threads)
                    spawn(raise_in_turn(cluster, words[3], times, tally));
            });
        for (int open = tally.left; open > 0; open = tally.left) tally.left.wait(open);
    }
    return std::to_string(tally.attempts) + " failed=" + std::to_string(tally.failed);
}

// throwing KEY: a body asks for the number of its connection and throws, three times
// -> the numbers of the connections of all three, and that of one more that does not throw
std::string throwing(Cluster& cluster, const Words& words) {
    std::string numbers;
    for (bool throws : {true, true, true, false}) {
        try {
            (void)transact(cluster, words[0], [&](Watched& watched) {
                numbers += text_of(watched.ask(Request("CLIENT ID", 0, Trait::reads))) + " ";
                if (throws) throw std::runtime_error("enough");
                watched.call(request_of({"INCR", words[0]}));
                return true;
            });
        } catch (const std::runtime_error&) {
            numbers += "thrown ";
        }
    }
    return numbers;
}

// unwanted KEY: looks and leaves it
std::string unwanted(Cluster& cluster, const Words& words) {
    const auto replies = transact(cluster, words[0], [](Watched&) { return false; });
    if (!replies) return text_of(replies.error());
    return *replies ? "done" : "left";
}

}  // namespace

void add_transactions(std::map<std::string, Action>& actions) {
    actions["transaction"] = transaction;
    actions["watched"] = watched;
    actions["begin"] = begin;
    actions["end"] = end;
    actions["unwanted"] = unwanted;
    actions["contend"] = contend;
    actions["throwing"] = throwing;
}

}  // namespace probe
