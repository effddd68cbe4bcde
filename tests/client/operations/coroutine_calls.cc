#include "tests/client/operations/coroutine_ways.h"

namespace grapevine::client {
namespace {

using Text = std::string;

Task<Text> temporary(Setting on) {
    auto result = co_await counted(on);
    co_return outcome(result);
}

Task<Text> named(Setting on) {
    auto call = counted(on);
    auto result = co_await std::move(call);
    co_return outcome(result);
}

Task<Text> moved_twice(Setting on) {
    auto call = counted(on);
    auto other = std::move(call);
    call = std::move(other);
    co_return outcome(co_await std::move(call));
}

Task<Text> with_options(Setting on) {
    co_return outcome(co_await counted(on).fresh().repeatable().from(ReadFrom::any));
}

Task<Text> in_if(Setting on) {
    if (auto result = co_await counted(on); !result) co_return outcome(result);
    if (const auto result = co_await counted(on)) {
        co_return result->whole() ? "ok" : "broken";
    } else {
        co_return outcome(result);
    }
}

Task<Text> in_for(Setting on) {
    for (int i = 0; i < 3; ++i) {
        const Counted local("of the loop");
        auto result = co_await counted(on);
        if (!result || !local.whole()) co_return outcome(result);
    }
    co_return "ok";
}

Task<Text> in_range_for(Setting on) {
    for (const Text& key : std::vector<Text>{"a", "b", "a key that is too long for small strings"})
        if (auto result = co_await counted(on, key); !result) co_return outcome(result);
    co_return "ok";
}

Task<Text> in_while(Setting on) {
    int times = 0;
    while (auto result = co_await counted(on))
        if (++times == 3 || !result->whole()) break;
    if (times == 3) co_return "ok";
    co_return outcome(co_await counted(on));
}

Task<Text> in_switch(Setting on) {
    auto result = co_await counted(on);
    switch (result.has_value()) {
        case true: {
            auto again = co_await counted(on);
            co_return outcome(again);
        }
        default:
            co_return outcome(result);
    }
}

Task<Text> in_ternary(Setting on) {
    const bool left = on.script.sha1().empty();
    // Not `left ? co_await a : co_await b`: GCC 12 destroys a result twice there.
    auto call = left ? counted(on, "left") : counted(on, "right");
    auto result = co_await std::move(call);
    co_return outcome(result);
}

Text both(const Result<Counted>& a, const Counted& between, const Result<Counted>& b) {
    if (!between.whole()) return "broken";
    return a ? outcome(b) : outcome(a);
}

Task<Text> as_arguments(Setting on) {
    co_return both(co_await counted(on, "a"), Counted("between"), co_await counted(on, "b"));
}

Task<Text> strings_as_arguments(Setting on) {
    auto result = co_await on.db.get<Counted>(Text("a key that is too long for small strings"));
    if (!result) co_return outcome(result);
    auto set = co_await on.db.set(Text("a key that is too long for small strings"),
                                  Text("a value that is too long for small strings"));
    co_return outcome(set);
}

Task<Text> thrown_by_value(Setting on) {
    try {
        const Counted local("local");
        const Counted value = (co_await counted(on)).value();
        co_return value.whole() ? "ok" : "broken";
    } catch (const Failed& failed) {
        co_return Text(failed.error().code());
    }
}

Task<Text> dropped_calls(Setting on) {
    auto never = counted(on);
    { auto nor_this = counted(on, Text(300, 'x')); }
    co_return outcome(co_await counted(on));
}

constexpr Way ways[] = {
    {"temporary", temporary},
    {"named", named},
    {"moved twice", moved_twice},
    {"with options", with_options},
    {"in if", in_if},
    {"in for", in_for},
    {"in range for", in_range_for},
    {"in while", in_while},
    {"in switch", in_switch},
    {"in ternary", in_ternary},
    {"as arguments", as_arguments},
    {"strings as arguments", strings_as_arguments},
    {"thrown by value()", thrown_by_value},
    {"dropped calls", dropped_calls},
};

}  // namespace

std::span<const Way> ways_of_calls() {
    return ways;
}

}  // namespace grapevine::client
