// How an engine comes by the map of the cluster.
#include "client/engine/question.h"

namespace grapevine::client {
namespace {

// Waiting will not help.
bool is_hopeless(const std::string& why) {
    return why.starts_with("WRONGPASS") || why.starts_with("NOAUTH") || why.starts_with("NOPERM");
}

}  // namespace

std::optional<Error> Engine::wait_for_map() {
    std::unique_lock lock(mutex_);
    const auto settled = [this] { return has_map_ || is_hopeless(no_map_because_); };
    changed_.wait_for(lock, options_.patience, settled);
    if (has_map_) return {};
    if (is_hopeless(no_map_because_))
        return Error{.text = no_map_because_, .effect = Effect::refused};
    return Error{.text = "UNREACHABLE no map of the cluster within " +
                         std::to_string(options_.patience.count()) + " ms: " + no_map_because_};
}

void Engine::ask_for_map() {
    if (closing_ || question_) return;
    const auto node = router_.question(loop_.now());
    if (!node) return;
    counters_.fetches.add();
    question_ = std::make_unique<Question>(*this, *node);
    question_->trip.pinned = true;
    question_->trip.node = *node;
    question_->patience = options_.connect_timeout;
    accept(*question_);
}

void Engine::learned(const Reply& reply, route::NodeIndex asked) {
    const auto question = std::move(question_);
    auto map = route::SlotMap::parse(reply, asked, router_.directory());
    if (!map) return not_learned(map.error().text);
    if (map->nodes().empty())
        return not_learned(router_.name_of(asked) +
                           " knows of no slots: it belongs to no cluster yet");
    learn(std::move(*map));
}

void Engine::learn(route::SlotMap map) {
    if (router_.learned(std::move(map), loop_.now())) log("the map of the cluster has changed");
    if (caching_) compare_guards();
    tell_topology();
    const std::lock_guard lock(mutex_);
    has_map_ = true;
    changed_.notify_all();
}

void Engine::not_learned(const std::string& why) {
    const auto question = std::move(question_);
    // A server without cluster mode serves all slots by itself.
    if (question && why.find("cluster support disabled") != std::string::npos) {
        route::SlotMap map;
        map.set_all(question->trip.node);
        return learn(std::move(map));
    }
    log("no map of the cluster: " + why);
    router_.not_learned(loop_.now());
    const std::lock_guard lock(mutex_);
    no_map_because_ = why;
    changed_.notify_all();
}

}  // namespace grapevine::client
