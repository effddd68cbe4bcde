// service HOST:PORT: requests of a web shop as coroutines. A thousand of them are on their way at
// once; their commands share one connection to each node.
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/task.h>

using namespace grapevine::client;

namespace {

// Three keys in three slots, asked for at the same time.
Task<Result<std::int64_t>> visit(Cluster& cluster, std::string user) {
    auto [visits, name, total] = co_await all(cluster.incr("visits:" + user),
                                              cluster.get("name:" + user), cluster.incr("visits"));
    if (!visits) co_return visits.error();  // Also says whether it may have been counted.
    if (!name) co_return name.error();
    if (!total) co_return total.error();
    co_return *visits;
}

Task<void> serve(Cluster& cluster, unsigned number, std::atomic<unsigned>& failed,
                 std::atomic<unsigned>& left) {
    const auto visits = co_await visit(cluster, std::to_string(number));
    if (!visits) ++failed;
    if (--left == 0) left.notify_all();
}

}  // namespace

int main(int, char** arguments) {
    constexpr unsigned users = 1000;
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    std::atomic<unsigned> failed = 0;
    std::atomic<unsigned> left = users;
    for (unsigned user = 0; user < users; ++user) spawn(serve(*cluster, user, failed, left));
    for (unsigned open = left; open > 0; open = left) left.wait(open);

    const auto again = run(visit(*cluster, "7"));  // From a thread that may wait.
    if (!again || failed > 0) return 1;
    std::printf("%u users were served; number 7 came %lld times\n", users,
                static_cast<long long>(*again));
    return 0;
}
