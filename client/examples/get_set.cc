// get_set HOST:PORT: writes a value to a cluster and reads it back, and what a failure looks like.
#include <cstdio>
#include <grapevine/cluster.h>

using namespace grapevine::client;

namespace {

int fail(const Error& error) {
    std::fprintf(stderr, "%s\n", to_string(error).c_str());
    return 1;
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) return fail(cluster.error());

    if (auto done = cluster->set("greeting", "hello").wait(); !done) return fail(done.error());
    const auto greeting = cluster->get("greeting").wait();
    if (!greeting) return fail(greeting.error());
    std::printf("greeting is %s\n", greeting->value_or("nothing").c_str());

    // INCR of what is no number: the server looked at it and refused, so the effect is "ran".
    if (const auto sum = cluster->incr("greeting").wait(); !sum)
        std::printf("it is no number: %s\n", sum.error().text.c_str());
    return 0;
}
