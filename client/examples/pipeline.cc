// pipeline HOST:PORT: a thousand commands to all slots at once, and one command over many slots.
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/pipeline.h>
#include <string>
#include <vector>

using namespace grapevine::client;

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }

    Pipeline pipeline(*cluster);
    for (int number = 0; number < 1000; ++number)
        pipeline.set("square:" + std::to_string(number), number * number);
    const auto ninety = pipeline.get("square:90");  // May overtake what goes to other nodes.
    if (auto ran = pipeline.run().wait(); !ran) return 1;
    if (!*ninety) return 1;  // Each command has a result of its own.

    // Keys in any slots: the client asks all nodes at once and puts the answers in order.
    const std::vector<std::string> keys = {"square:3", "square:4", "square:5"};
    const auto squares = cluster->mget(keys).wait();
    if (!squares.failed().empty()) return 1;
    std::printf("%s + %s = %s\n", squares.results[0]->value_or("?").c_str(),
                squares.results[1]->value_or("?").c_str(),
                squares.results[2]->value_or("?").c_str());
    return 0;
}
