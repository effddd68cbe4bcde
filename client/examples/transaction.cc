// transaction HOST:PORT: three buyers want what there is two of, at the same time.
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/transact.h>

using namespace grapevine::client;

namespace {

constexpr auto stock = "stock:{42}";

Request look() {
    Request request("GET", 1, Trait::reads);
    request.key(stock);
    return request;
}

Request take_one() {
    Request request("DECR", 1);
    request.key(stock);
    return request;
}

// Is called again when another buyer changed the stock before EXEC.
Task<bool> take(Watching& watching) {
    const auto left = co_await watching.ask<std::int64_t>(look());
    if (!left || *left < 1) co_return false;
    watching.call(take_one());
    co_return true;
}

Task<void> buy(Cluster& cluster, std::atomic<int>& got, std::atomic<int>& open) {
    const auto bought = co_await transact(cluster, stock, take);
    if (!bought) std::fprintf(stderr, "%s\n", to_string(bought.error()).c_str());
    if (bought && *bought) ++got;
    if (--open == 0) open.notify_all();
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster || !cluster->set(stock, 2).wait()) return 1;
    constexpr int buyers = 3;
    std::atomic<int> got = 0;
    std::atomic<int> open = buyers;
    for (int i = 0; i < buyers; ++i) spawn(buy(*cluster, got, open));
    for (int now = open; now > 0; now = open) open.wait(now);
    std::printf("%d of %d buyers got one\n", got.load(), buyers);
    return got == 2 ? 0 : 1;
}
