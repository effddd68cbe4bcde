#include <atomic>
#include <future>
#include <grapevine/transaction.h>
#include <optional>

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
Result<bool> raise(Cluster& cluster, const std::string& key, int& attempts) {
    const auto replies = transact(cluster, key, [&](Watched& watched) {
        ++attempts;
        const auto number = watched.ask<std::optional<std::int64_t>>(request_of({"GET", key}));
        if (!number) return false;
        const auto next = std::to_string(number->value_or(0) + 1);
        watched.call(request_of({"SET", key, next}));
        return true;
    });
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
}

}  // namespace probe
