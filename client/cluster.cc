#include <charconv>
#include <grapevine/cluster.h>
#include <memory>
#include <utility>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

Error bad_node(std::string_view text) {
    return {.text = "USAGE '" + std::string(text) +
                    "' is no node: write host:port, or the path of a unix socket"};
}

// "host:port", "[::1]:7001", "/path".
Result<slots::Endpoint> parse_node(std::string_view text) {
    if (text.starts_with('/')) return slots::Endpoint{.host = std::string(text)};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return bad_node(text);
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    slots::Endpoint endpoint{.host = std::string(host)};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (error != std::errc{} || stopped != end || endpoint.port == 0) return bad_node(text);
    return endpoint;
}

Result<std::vector<slots::Endpoint>> parse_nodes(std::string_view text) {
    std::vector<slots::Endpoint> nodes;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto node = parse_node(text.substr(0, comma));
        if (!node) return std::move(node).error();
        nodes.push_back(std::move(*node));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    if (nodes.empty()) return Error{.text = "USAGE no node is given: write host:port"};
    return nodes;
}

}  // namespace

Result<Cluster> Cluster::connect(std::string_view nodes) {
    return connect(nodes, Options{});
}

Result<Cluster> Cluster::connect(std::string_view nodes, Options options) {
    auto seeds = parse_nodes(nodes);
    if (!seeds) return std::move(seeds).error();
    auto engine = Engine::make(std::move(*seeds), std::move(options));
    if (!engine) return std::move(engine).error();
    if (auto error = (*engine)->wait_for_map()) return std::move(*error);
    return Cluster(engine->release());
}

Cluster::Cluster(Cluster&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}
Cluster& Cluster::operator=(Cluster&& other) noexcept {
    std::swap(engine_, other.engine_);
    return *this;
}
Cluster::~Cluster() {
    delete engine_;
}

Figures Cluster::figures() const {
    return engine_->figures();
}

}  // namespace grapevine::client
