#include "tests/client/probe/probe.h"

namespace probe {
namespace {

// cache -> "hits=1 misses=2 ..."
std::string cache(Cluster& cluster, const Words&) {
    const CacheFigures figures = cluster.figures().cache;
    return "hits=" + std::to_string(figures.hits) + " misses=" + std::to_string(figures.misses) +
           " invalidations=" + std::to_string(figures.invalidations) +
           " evictions=" + std::to_string(figures.evictions) +
           " keys=" + std::to_string(figures.keys) + " bytes=" + std::to_string(figures.bytes);
}

// fill PREFIX COUNT SIZE: sets so many keys to values of so many bytes and reads them.
std::string fill(Cluster& cluster, const Words& words) {
    const std::string value(std::stoul(words[2]), 'x');
    for (int i = 0; i < std::stoi(words[1]); ++i) {
        const std::string key = words[0] + std::to_string(i);
        if (auto done = cluster.set(key, value).wait(); !done) return text_of(done.error());
        if (auto read = cluster.get(key).wait(); !read || *read != value) return "wrong";
    }
    return "filled";
}

}  // namespace

void add_cache(std::map<std::string, Action>& actions) {
    actions["cache"] = cache;
    actions["fill"] = fill;
}

}  // namespace probe
