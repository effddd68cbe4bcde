// get_set HOST:PORT: writes a value to a cluster and reads it back, and what a failure looks like.
#include <cstdio>
#include <grapevine/cluster.h>

using namespace grapevine::client;

namespace {

Result<void> set(Cluster& cluster, std::string_view key, std::string_view value) {
    Request request("SET", 2, Trait::repeatable);  // Twice is as good as once.
    request.key(key);
    request.add(value);
    return cluster.call<void>(std::move(request)).wait();
}

Result<std::optional<std::string>> get(Cluster& cluster, std::string_view key) {
    Request request("GET", 1, Trait::reads);
    request.key(key);
    return cluster.call<std::optional<std::string>>(std::move(request)).wait();
}

// INCR of what is no number: the server looked at it and refused, so the effect is "ran".
Result<std::int64_t> increment(Cluster& cluster, std::string_view key) {
    Request request("INCR", 1);
    request.key(key);
    return cluster.call<std::int64_t>(std::move(request)).wait();
}

int fail(const Error& error) {
    std::fprintf(stderr, "%s\n", to_string(error).c_str());
    return 1;
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) return fail(cluster.error());

    if (auto done = set(*cluster, "greeting", "hello"); !done) return fail(done.error());
    const auto greeting = get(*cluster, "greeting");
    if (!greeting) return fail(greeting.error());
    std::printf("greeting is %s\n", greeting->value_or("nothing").c_str());

    if (const auto sum = increment(*cluster, "greeting"); !sum)
        std::printf("it is no number: %s\n", sum.error().text.c_str());
    return 0;
}
