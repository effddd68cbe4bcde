#include <grapevine/transaction.h>

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

// pairs N TAGS: N times two keys of a tag are counted up in one transaction -> what became of them
std::string pairs(Cluster& cluster, const Words& words) {
    const int times = std::stoi(words[0]), tags = std::stoi(words[1]);
    int done = 0, different = 0;
    std::string errors;
    for (int i = 0; i < times; ++i) {
        const std::string tag = "{busy:" + std::to_string(i % tags) + "}";
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
        different += !first || !second || *first != *second || *first != i / tags + 1;
    }
    return "done=" + std::to_string(done) + " different=" + std::to_string(different) + errors;
}

// watched N KEY: N times a number is read and written back one larger, never two at once -> how
// often that was tried
std::string watched(Cluster& cluster, const Words& words) {
    int attempts = 0;
    for (int i = 0; i < std::stoi(words[0]); ++i) {
        const auto replies = transact(cluster, words[1], [&](Watched& key) {
            ++attempts;
            const auto number = key.ask<std::optional<std::int64_t>>(request_of({"GET", words[1]}));
            if (!number) return false;
            const auto next = std::to_string(number->value_or(0) + 1);
            key.call(request_of({"SET", words[1], next}));
            return true;
        });
        if (!replies) return text_of(replies.error());
    }
    return std::to_string(attempts);
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
    actions["pairs"] = pairs;
    actions["watched"] = watched;
    actions["unwanted"] = unwanted;
}

}  // namespace probe
