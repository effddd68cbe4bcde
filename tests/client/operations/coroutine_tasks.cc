#include "tests/client/operations/coroutine_ways.h"

namespace grapevine::client {
namespace {

using Text = std::string;

Task<Result<Counted>> inner(Setting on, [[maybe_unused]] Counted by_value) {
    co_return co_await counted(on);
}

Task<Result<Counted>> deeper(Setting on, int levels, Counted parameter) {
    if (levels == 0) co_return co_await inner(on, std::move(parameter));
    auto result = co_await deeper(on, levels - 1, parameter);
    if (!parameter.whole()) co_return Error{.text = "broken"};
    co_return result;
}

Task<Text> nested(Setting on) {
    co_return outcome(co_await inner(on, Counted("parameter")));
}

Task<Text> nested_deeply(Setting on) {
    co_return outcome(co_await deeper(on, 20, Counted("parameter")));
}

Task<Text> nested_and_named(Setting on) {
    Counted parameter("parameter");
    auto task = inner(on, parameter);
    auto moved = std::move(task);
    auto result = co_await moved;
    co_return parameter.whole() ? outcome(result) : "broken";
}

Task<> note(Setting on, Text& into) {
    into = outcome(co_await counted(on));
}

Task<Text> nested_without_result(Setting on) {
    Text noted;
    co_await note(on, noted);
    co_return noted;
}

Task<Text> in_lambda(Setting on) {
    const auto ask = [](Setting where, Counted parameter) -> Task<Text> {
        auto result = co_await counted(where);
        co_return parameter.whole() ? outcome(result) : "broken";
    };
    co_return co_await ask(on, Counted("parameter"));
}

Task<Text> in_lambda_that_captures(Setting on) {
    const Counted kept("captured");
    const auto ask = [on, kept, &by_reference = kept]() -> Task<Text> {
        auto result = co_await counted(on);
        co_return kept.whole() && by_reference.whole() ? outcome(result) : "broken";
    };
    co_return co_await ask();
}

Task<Text> in_order_of_a_list(Setting on) {
    std::vector<Task<Result<Counted>>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(inner(on, Counted("parameter")));
    std::swap(tasks[0], tasks[4]);
    for (auto& task : tasks)
        if (auto result = co_await task; !result) co_return outcome(result);
    co_return "ok";
}

Task<Text> never_awaited(Setting on) {
    { auto never = inner(on, Counted("parameter")); }
    auto nor_this = deeper(on, 3, Counted("parameter"));
    nor_this = inner(on, Counted("another"));
    co_return outcome(co_await counted(on));
}

struct Thrown {
    Counted counted{"thrown"};
    Text code;
};

Task<Counted> throws(Setting on, Counted parameter) {
    const Counted local("local");
    auto result = co_await counted(on);
    throw Thrown{parameter, outcome(result)};
}

Task<Counted> passes_on(Setting on) {
    const Counted local("local");
    auto value = co_await throws(on, Counted("parameter"));
    co_return value;
}

Task<Text> thrown_after_await(Setting on) {
    Text code = "nothing was thrown";
    try {
        (void)co_await passes_on(on);
    } catch (const Thrown& thrown) {
        code = thrown.counted.whole() ? thrown.code : "broken";
    }
    co_return code;
}

Task<Text> awaited_after_a_catch(Setting on) {
    try {
        (void)co_await passes_on(on);
    } catch (const Thrown&) {}
    co_return outcome(co_await counted(on));
}

constexpr Way ways[] = {
    {"nested", nested},
    {"nested deeply", nested_deeply},
    {"nested and named", nested_and_named},
    {"nested without result", nested_without_result},
    {"in lambda", in_lambda},
    {"in lambda that captures", in_lambda_that_captures},
    {"in order of a list", in_order_of_a_list},
    {"never awaited", never_awaited},
    {"thrown after await", thrown_after_await},
    {"awaited after a catch", awaited_after_a_catch},
};

}  // namespace

std::span<const Way> ways_of_tasks() {
    return ways;
}

}  // namespace grapevine::client
