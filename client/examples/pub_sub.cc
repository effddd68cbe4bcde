// pub_sub HOST:PORT: messages of a channel, as they come and in a coroutine, and of a shard
// channel.
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/subscription.h>
#include <grapevine/task.h>

using namespace grapevine::client;

namespace {

// Goes on through lost connections and failovers: `gap` says that messages may be missing.
Task<int> listen(Subscription& news) {
    for (int heard = 1;; ++heard) {
        const auto message = co_await news.next();
        if (!message || message->payload == "end") co_return heard;
        std::printf("%s%s: %s\n", message->gap ? "(gap) " : "", message->channel.c_str(),
                    message->payload.c_str());
    }
}

}  // namespace

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    // Any node will do for these: every node of a cluster has the messages of every other.
    auto news = Subscription::channels(*cluster, {"news"});
    if (!news) return 1;
    for (const char* text : {"it rains", "it shines", "end"})
        if (!cluster->publish("news", text).wait()) return 1;
    std::printf("%d messages were heard\n", run(listen(*news)));

    // A shard channel lives where its slot is, as a key does, and is followed when that moves.
    auto orders = Subscription::shard_channels(*cluster, {"orders:{7}"});
    if (!orders || !cluster->spublish("orders:{7}", "one tea").wait()) return 1;
    const auto order = orders->next().wait();
    if (!order) return 1;
    std::printf("%s: %s\n", order->channel.c_str(), order->payload.c_str());
    return 0;
}
