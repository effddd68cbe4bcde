#include <charconv>
#include <grapevine/prometheus.h>

namespace grapevine::client {
namespace {

constexpr std::string_view prefix = "grapevine_client_";

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
    for (const auto& [key, value] : {std::pair{"# HELP ", help}, std::pair{"# TYPE ", type}}) {
        text += key;
        text += prefix;
        text += name;
        text += ' ';
        text += value;
        text += '\n';
    }
}

// `labels` without braces; may be empty.
void sample(std::string& text, std::string_view name, const std::string& labels,
            const std::string& value) {
    text += prefix;
    text += name;
    if (!labels.empty()) text += "{" + labels + "}";
    text += " " + value + "\n";
}

// Backslash, quote and end of line are written with a backslash.
std::string label_of(const std::string& node) {
    std::string label = "node=\"";
    for (const char c : node) {
        if (c == '\\' || c == '"') label += '\\';
        label += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return label + "\"";
}

std::string seconds(std::chrono::microseconds time) {
    char digits[32];
    const double value = std::chrono::duration<double>(time).count();
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

struct Total {
    const char* name;
    const char* help;
    std::uint64_t Figures::* value;
};
constexpr Total totals[] = {
    {"requests_total", "Calls that were started.", &Figures::requests},
    {"failures_total", "Calls that ended in an error.", &Figures::failures},
    {"map_fetches_total", "Questions for the map of the cluster.", &Figures::fetches},
};

struct OfCache {
    const char* name;
    const char* type;
    const char* help;
    std::uint64_t CacheFigures::* value;
};
constexpr OfCache of_cache[] = {
    {"cache_hits_total", "counter", "Calls that the cache answered.", &CacheFigures::hits},
    {"cache_misses_total", "counter", "Calls that it could have answered.", &CacheFigures::misses},
    {"cache_invalidations_total", "counter", "Keys that servers said had changed.",
     &CacheFigures::invalidations},
    {"cache_evictions_total", "counter", "Keys that left for want of room.",
     &CacheFigures::evictions},
    {"cache_keys", "gauge", "Keys that are kept.", &CacheFigures::keys},
    {"cache_bytes", "gauge", "Bytes that they take.", &CacheFigures::bytes},
};

struct PerNode {
    const char* name;
    const char* type;
    const char* help;
    std::uint64_t NodeFigures::* value;
};
constexpr PerNode per_node[] = {
    {"node_requests_total", "counter", "Requests sent to the node.", &NodeFigures::requests},
    {"node_in_flight", "gauge", "Requests sent and not answered.", &NodeFigures::in_flight},
    {"node_sent_bytes_total", "counter", "Bytes sent to the node.", &NodeFigures::bytes_sent},
    {"node_received_bytes_total", "counter", "Bytes received from the node.",
     &NodeFigures::bytes_received},
    {"node_redirects_total", "counter", "MOVED and ASK answered by the node.",
     &NodeFigures::redirects},
    {"node_retries_total", "counter", "Retries after other setbacks at the node.",
     &NodeFigures::retries},
    {"node_connections_total", "counter", "Connections opened to the node.",
     &NodeFigures::connections},
};

void latency(std::string& text, const NodeFigures& node) {
    const std::string label = label_of(node.node);
    std::uint64_t up_to_here = 0;
    for (std::size_t i = 0; i <= Latency::bounds.size(); ++i) {
        up_to_here += node.latency.buckets[i];
        const std::string bound =
            i < Latency::bounds.size() ? seconds(Latency::bounds[i]) : std::string("+Inf");
        sample(text, "node_latency_seconds_bucket", label + ",le=\"" + bound + "\"",
               std::to_string(up_to_here));
    }
    sample(text, "node_latency_seconds_sum", label, seconds(node.latency.sum));
    // The same number as the last bucket, also when a sample was added meanwhile.
    sample(text, "node_latency_seconds_count", label, std::to_string(up_to_here));
}

}  // namespace

std::string to_prometheus(const Figures& figures) {
    std::string text;
    for (const Total& total : totals) {
        head(text, total.name, "counter", total.help);
        sample(text, total.name, {}, std::to_string(figures.*total.value));
    }
    for (const OfCache& each : of_cache) {
        head(text, each.name, each.type, each.help);
        sample(text, each.name, {}, std::to_string(figures.cache.*each.value));
    }
    for (const PerNode& each : per_node) {
        head(text, each.name, each.type, each.help);
        for (const NodeFigures& node : figures.nodes)
            sample(text, each.name, label_of(node.node), std::to_string(node.*each.value));
    }
    head(text, "node_latency_seconds", "histogram", "From sending to the answer, sampled.");
    for (const NodeFigures& node : figures.nodes) latency(text, node);
    head(text, "node_longest_latency_seconds", "gauge", "The longest that was sampled.");
    for (const NodeFigures& node : figures.nodes)
        sample(text, "node_longest_latency_seconds", label_of(node.node),
               seconds(node.latency.longest));
    return text;
}

}  // namespace grapevine::client
