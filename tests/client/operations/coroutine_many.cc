#include <grapevine/pipeline.h>
#include <grapevine/scan.h>
#include <grapevine/transaction.h>

#include "tests/client/operations/coroutine_ways.h"

namespace grapevine::client {
namespace {

using Text = std::string;

Task<Text> all_at_once(Setting on) {
    auto [a, b, c] = co_await all(counted(on, "a"), counted(on, "b"), on.db.get<Counted>("c"));
    if (a && b) co_return a->whole() && b->whole() ? outcome(c) : "broken";
    co_return a ? outcome(b) : outcome(a);
}

Task<Text> all_of_named(Setting on) {
    auto a = counted(on, "a");
    auto both = all(std::move(a), counted(on, "b"));
    auto results = co_await both;
    co_return outcome(std::get<1>(results));
}

Task<Text> pipeline(Setting on) {
    Pipeline pipeline(on.db);
    auto first = pipeline.call<Counted>(get_counted("a"));
    auto second = pipeline.get<Counted>("b");
    co_await pipeline.run();
    if (!*first) co_return outcome(*first);
    pipeline.clear();
    second = pipeline.get<Counted>("c");
    auto running = pipeline.run();
    co_await std::move(running);  // NOLINT(performance-move-const-arg)
    co_return outcome(*second);
}

Task<Text> mget(Setting on) {
    // GCC 12 takes no list in braces inside a co_await expression.
    const std::vector<Text> more{"c", "{c}d"};
    auto found = co_await on.db.mget<Counted>("a", Text("b"), more, std::vector<Text>(1, "e"));
    if (found.size() != 5) co_return "broken";
    for (auto& each : found)
        if (!each) co_return outcome(each);
    auto call = on.db.mget<Counted>("a", "b");
    auto moved = std::move(call);
    auto again = co_await std::move(moved);
    co_return outcome(again[1]);
}

Task<Text> mset(Setting on) {
    if (auto set = co_await on.db.mset("a", Text("1"), "b", 2); !set) co_return outcome(set);
    auto call = on.db.del(std::vector<Text>{"a", "b", "c"});
    const Counted local("local");
    co_return outcome(co_await std::move(call));
}

Task<Text> scan(Setting on) {
    Scan scan(on.db);
    std::size_t keys = 0;
    for (;;) {
        auto batch = co_await scan.next();
        if (!batch) co_return outcome(batch);
        if (!*batch) break;
        keys += (*batch)->size();
    }
    co_return keys == 4 ? "ok" : "broken";
}

Task<Text> scan_that_is_dropped(Setting on) {
    Scan scan(on.db, {.match = Text("a pattern that is too long for small strings*")});
    auto next = scan.next();
    auto other = std::move(next);
    co_return outcome(co_await std::move(other));
}

Task<Text> blocking(Setting on) {
    auto popped = co_await on.db.blpop(0.001, "a");
    co_return outcome(popped);
}

Task<Text> transaction(Setting on) {
    Transaction transaction(on.db);
    const auto place = transaction.call<Counted>(get_counted());
    auto replies = co_await std::move(transaction).run();
    co_return replies ? outcome((*replies)[place]) : outcome(replies);
}

Task<Text> script(Setting on) {
    // Named, since its arguments are lists in braces.
    auto call = on.script.call<Counted>(on.db.engine(), {"k"}, {"1"});
    const auto result = co_await std::move(call);
    co_return outcome(result);
}

Task<Text> script_with_long_arguments(Setting on) {
    auto call = on.script.call<Counted>(on.db.engine(), {"k"}, {Text(300, 'x')});
    co_return outcome(co_await std::move(call));
}

constexpr Way ways[] = {
    {"all at once", all_at_once},
    {"all of named", all_of_named},
    {"pipeline", pipeline},
    {"mget", mget},
    {"mset", mset},
    {"scan", scan},
    {"scan that is dropped", scan_that_is_dropped},
    {"blocking", blocking},
    {"transaction", transaction},
    {"script", script},
    {"script with long arguments", script_with_long_arguments},
};

}  // namespace

std::span<const Way> ways_of_many() {
    return ways;
}

}  // namespace grapevine::client
