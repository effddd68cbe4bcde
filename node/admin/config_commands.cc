// CONFIG: what the node was told to be, and telling it otherwise.
#include <algorithm>
#include <array>
#include <memory>

#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/commands/glob.h"
#include "node/config/change.h"
#include "node/config/rewrite.h"
#include "node/io/file.h"
#include "node/observe/log.h"
#include "node/session/gather.h"

namespace grapevine::node::admin {
namespace {

using commands::Command;

// CONFIG GET pattern [pattern ...]
Result<void> get(Request& request) {
    const auto found = config::get(request.config(), request.args().subspan(2), commands::matches);
    request.reply().map(found.size());
    for (const auto& [name, value] : found) {
        request.reply().bulk(name);
        request.reply().bulk(value);
    }
    return {};
}

// On the main thread, so that two clients' changes do not undo each other.
void change(const Services& services, const std::vector<std::string>& words, bool local,
            const session::Answer& answer) {
    const std::vector<std::string_view> names_and_values(words.begin(), words.end());
    auto changed = config::set(*services.current_config(), names_and_values, local);
    if (!changed) return answer.give(changed.error());
    services.apply_config(std::move(changed->config));
    give_ok(answer);
}

// CONFIG SET name value [name value ...]
Result<void> set(Request& request) {
    const auto words = request.args().subspan(2);
    if (words.size() % 2 != 0) {
        return Error{"ERR wrong number of arguments for 'config|set' command"};
    }
    request.services.main_loop->post(
        [&services = request.services, words = std::vector<std::string>(words.begin(), words.end()),
         local = from_this_machine(request.talk.session),
         answer = request.later()] { change(services, words, local, answer); });
    return {};
}

Result<void> rewrite_file(const std::string& path, const config::Config& config) {
    std::string text;
    if (io::file_exists(path)) {
        auto read = io::read_file(path);
        if (!read) return read.error();
        text = std::move(*read);
    }
    const auto rewritten = config::rewrite(text, config);
    if (!rewritten) return rewritten.error();
    return io::write_durably(path, *rewritten);
}

void report_rewrite(const Result<void>& outcome, const session::Answer& answer) {
    if (outcome) {
        log::notice("CONFIG REWRITE executed with success.");
        return give_ok(answer);
    }
    log::warn("CONFIG REWRITE failed: {}", outcome.error().text);
    answer.give(Error{"ERR Rewriting config file: " + outcome.error().text});
}

Result<void> rewrite(Request& request) {
    if (request.services.config_file.empty()) {
        return Error{"ERR The server is running without a config file"};
    }
    request.services.main_loop->post([&services = request.services, answer = request.later()] {
        auto outcome = std::make_shared<Result<void>>();
        services.main_loop->in_background(
            [&path = services.config_file, config = services.current_config(), outcome] {
                *outcome = rewrite_file(path, *config);
            },
            [outcome, answer] { report_rewrite(*outcome, answer); });
    });
    return {};
}

Result<void> reset_statistics(Request& request) {
    session::on_every_worker(
        request.talk,
        [](session::Dispatcher& worker) {
            worker.stats().reset();
            worker.keeper().forget_counts();
            return std::string();
        },
        [](const std::vector<std::string>&, client::resp::Writer& reply) { reply.ok(); });
    return {};
}

Result<void> help(Request& request) {
    static constexpr std::array<std::string_view, 11> lines{
        "CONFIG <subcommand> [<arg> [value] ...]. Subcommands are:",
        "GET <pattern> [<pattern> ...]",
        "    The settings whose names match a pattern, with their values.",
        "SET <name> <value> [<name> <value> ...]",
        "    Changes settings: all of them, or none.",
        "REWRITE",
        "    Writes the settings into the configuration file.",
        "RESETSTAT",
        "    Sets the counters that INFO shows to zero.",
        "HELP",
        "    This text.",
    };
    write_help(request.reply(), lines);
    return {};
}

using namespace commands;
constexpr std::uint32_t operators_only = admin_only | no_script | loading_ok | stale_ok;

constinit const std::array subcommands{
    Command{.name = "GET",
            .govern = get,
            .arity = -3,
            .flags = operators_only,
            .group = "server",
            .since = "2.0.0",
            .complexity = "O(N) where N is the number of settings asked for",
            .summary = "The values of settings."},
    Command{.name = "SET",
            .govern = set,
            .arity = -4,
            .flags = operators_only,
            .group = "server",
            .since = "2.0.0",
            .complexity = "O(N) where N is the number of settings given",
            .summary = "Changes settings while the node runs."},
    Command{.name = "REWRITE",
            .govern = rewrite,
            .arity = 2,
            .flags = operators_only,
            .group = "server",
            .since = "2.8.0",
            .complexity = "O(1)",
            .summary = "Writes the settings into the configuration file."},
    Command{.name = "RESETSTAT",
            .govern = reset_statistics,
            .arity = 2,
            .flags = operators_only,
            .group = "server",
            .since = "2.0.0",
            .complexity = "O(1)",
            .summary = "Sets the counters of INFO to zero."},
    Command{.name = "HELP",
            .govern = help,
            .arity = 2,
            .flags = loading_ok | stale_ok,
            .group = "server",
            .since = "5.0.0",
            .complexity = "O(1)",
            .summary = "What CONFIG can be asked."},
};

constinit const std::array rows{
    Command{.name = "CONFIG",
            .arity = -2,
            .group = "server",
            .since = "2.0.0",
            .complexity = "Depends on the subcommand.",
            .summary = "The node's settings.",
            .subcommands = subcommands},
};

}  // namespace

std::span<const Command> config_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
