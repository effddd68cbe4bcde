#include <grapevine/subscription.h>
#include <grapevine/task.h>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

std::optional<Subscription> current;

// subscribe channels|patterns|shards NAME ... -> "listening"
std::string subscribe(Cluster& cluster, const Words& words) {
    const std::vector<std::string> names(words.begin() + 1, words.end());
    auto subscription = words[0] == "channels" ? Subscription::channels(cluster, names, 100)
                        : words[0] == "patterns"
                            ? Subscription::patterns(cluster, names, 100)
                            : Subscription::shard_channels(cluster, names, 100);
    if (!subscription) return text_of(subscription.error());
    current.emplace(std::move(*subscription));
    return "listening";
}

std::string text_of_message(const Result<Message>& message) {
    if (!message) return text_of(message.error());
    return message->channel + "=" + message->payload + (message->gap ? " gap" : "");
}

// next -> CHANNEL=PAYLOAD, " gap"
std::string next(Cluster&, const Words&) {
    return text_of_message(current->next().wait(std::chrono::seconds(10)));
}

// await: the same, in a coroutine
std::string await(Cluster&, const Words&) {
    const auto one = [](Subscription& from) -> Task<Result<Message>> {
        co_return co_await from.next();
    };
    return text_of_message(run(one(*current)));
}

std::string dropped(Cluster&, const Words&) {
    return std::to_string(current->dropped());
}

std::string unsubscribe(Cluster&, const Words&) {
    current.reset();
    return "gone";
}

}  // namespace

void add_subscriptions(std::map<std::string, Action>& actions) {
    actions["subscribe"] = subscribe;
    actions["next"] = next;
    actions["await"] = await;
    actions["dropped"] = dropped;
    actions["unsubscribe"] = unsubscribe;
}

}  // namespace probe
