#include "node/config/load.h"

#include <algorithm>
#include <fmt/format.h>

namespace grapevine::node::config {
namespace {

Error unknown(const Directive& directive) {
    return located(directive, fmt::format("unknown directive '{}', did you mean '{}'?",
                                          directive.words[0], nearest_name(directive.words[0])));
}

// A directive with what came before it, where lines add up. An empty word starts anew.
std::vector<std::string> with_earlier(
    const Row& row, Words words, std::map<std::string_view, std::vector<std::string>>& gathered) {
    std::vector<std::string> all(words.begin(), words.end());
    if (!row.gathers) return all;
    auto& earlier = gathered[row.name];
    if (all != std::vector<std::string>{""})
        all.insert(all.begin(), earlier.begin(), earlier.end());
    earlier = all == std::vector<std::string>{""} ? std::vector<std::string>{} : all;
    return all;
}

bool is_accepted(const Row& row, const Config& config) {
    const auto& accepted = config.accept_unsupported;
    return std::any_of(accepted.begin(), accepted.end(),
                       [&](const std::string& name) { return find_row(name) == &row; });
}

Result<void> check_accepted_names(const Config& config) {
    for (const std::string& name : config.accept_unsupported) {
        if (find_row(name) != nullptr) continue;
        return Error{
            fmt::format("accept-unsupported: there is no directive '{}', did you mean '{}'?", name,
                        nearest_name(name))};
    }
    return {};
}

std::vector<std::string> ineffective(const Config& config, Status status) {
    std::vector<std::string> names;
    for (const auto& [name, value] : config.without_effect) {
        if (find_row(name)->status == status) names.push_back(name);
    }
    return names;
}

}  // namespace

Result<void> apply_directives(const std::vector<Directive>& directives, Config& config) {
    std::map<std::string_view, std::vector<std::string>> gathered;
    for (const Directive& directive : directives) {
        if (is_include(directive)) continue;
        const Row* row = find_row(directive.words[0]);
        if (row == nullptr) return unknown(directive);
        const Words values = Words(directive.words).subspan(1);
        const std::string line = row->secret ? directive.words[0] : joined(directive.words);
        if (values.empty())
            return located(directive, fmt::format("'{}': a value is missing", line));
        auto read = read_words(*row, with_earlier(*row, values, gathered), config);
        if (!read) return located(directive, fmt::format("'{}': {}", line, read.error().text));
    }
    return {};
}

Result<Loaded> load(Words arguments, const Files& files) {
    auto directives = read_arguments(arguments, files);
    if (!directives) return directives.error();
    Loaded loaded{.config = {}, .file = directives->file};
    if (auto applied = apply_directives(directives->list, loaded.config); !applied) {
        return applied.error();
    }
    if (auto settled = settle(loaded.config); !settled) return settled.error();
    return loaded;
}

Result<void> settle(Config& config) {
    constexpr std::uint64_t smallest_backlog = 16 << 10;
    config.hz = std::clamp(config.hz, 1u, 500u);
    config.repl_backlog_size = std::max(config.repl_backlog_size, smallest_backlog);
    if (config.cluster_enabled && config.replicaof) {
        return Error{"replicaof directive not allowed in cluster mode: use CLUSTER REPLICATE"};
    }
    if (config.cluster_enabled && config.cluster_port == 0 && config.port > 65535 - 10000) {
        return Error{
            fmt::format("port {} leaves no room for the cluster bus at port + 10000: choose a "
                        "port up to 55535 or set cluster-port",
                        config.port)};
    }
    if (config.cluster_bus_key.empty() && !config.cluster_bus_key_previous.empty()) {
        return Error{"cluster-bus-key-previous is of no use without cluster-bus-key"};
    }
    if (auto checked = check_accepted_names(config); !checked) return checked;
    for (const Row& row : rows()) {
        if (!is_refused(row, config)) continue;
        return Error{
            fmt::format("{0} is not supported: {1}; remove it, or start with "
                        "--accept-unsupported {0} to go on without",
                        row.name, row.missing)};
    }
    return {};
}

bool is_refused(const Row& row, const Config& config) {
    return row.status == Status::promises && !is_accepted(row, config) &&
           config.without_effect.contains(std::string(row.name));
}

std::vector<std::string> silent_tunings(const Config& config) {
    return ineffective(config, Status::tunes);
}

std::vector<std::string> accepted_promises(const Config& config) {
    return ineffective(config, Status::promises);
}

}  // namespace grapevine::node::config
