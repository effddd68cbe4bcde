// cache HOST:PORT: what was read once is not asked for again until somebody has changed it.
#include <cstdio>
#include <grapevine/cluster.h>

using namespace grapevine::client;

int main(int, char** arguments) {
    auto other = Cluster::connect(arguments[1]);  // Somebody else, elsewhere.
    auto cluster = Cluster::connect(arguments[1], {.cache_bytes = 64u << 20});
    if (!other || !cluster) {
        std::fprintf(stderr, "%s\n", to_string((other ? cluster : other).error()).c_str());
        return 1;
    }

    if (!other->set("price", 10).wait()) return 1;
    for (int i = 0; i < 1000; ++i)
        if (cluster->get<int>("price").wait()->value_or(0) != 10) return 1;
    const CacheFigures figures = cluster->figures().cache;
    std::printf("1000 reads, %llu asked\n", static_cast<unsigned long long>(figures.misses));

    // The server tells us by itself, a moment after the other has its answer.
    if (!other->set("price", 11).wait()) return 1;
    while (cluster->get<int>("price").wait()->value_or(0) != 11) {}
    // Who cannot wait for that asks; what one writes oneself is seen at once.
    if (!other->set("price", 12).wait()) return 1;
    if (*cluster->get<int>("price").fresh().wait() != 12) return 1;
    if (!cluster->set("price", 13).wait()) return 1;
    std::printf("the price is %d\n", cluster->get<int>("price").wait()->value_or(0));
    return 0;
}
