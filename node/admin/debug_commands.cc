// DEBUG: for tests and for whoever looks into a node; refused unless the configuration allows it.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <thread>

#include "node/admin/cluster_views.h"
#include "node/admin/digest.h"
#include "node/admin/families.h"
#include "node/admin/gossip_json.h"
#include "node/admin/reload.h"
#include "node/admin/request.h"
#include "node/commands/arguments.h"
#include "node/commands/inspect.h"
#include "node/replication/replication.h"
#include "node/session/gather.h"
#include "node/session/session.h"

namespace grapevine::node::admin {
namespace {

using client::resp::Writer;
using commands::Command;
using session::Dispatcher;
using Words = std::span<const std::string_view>;

// For answers that no worker's part changes.
void reply_ok(const std::vector<std::string>&, Writer& reply) {
    reply.ok();
}

// DEBUG SLEEP seconds: no worker does anything meanwhile. What is no number sleeps for no time, as
// with Redis.
Result<void> sleep(Request& request, Words words) {
    double seconds = 0;
    std::from_chars(words[0].data(), words[0].data() + words[0].size(), seconds);
    session::on_every_worker(
        request.talk,
        [seconds](Dispatcher&) {
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
            return std::string();
        },
        reply_ok);
    return {};
}

std::string describe_value(Dispatcher& worker, int database, const store::Key& key) {
    auto& keyspace = worker.keeper().databases()[database];
    const auto payload = keyspace.dump(key);
    const auto value = keyspace.string(key);
    if (!payload || !value || !*value) return {};
    constexpr std::size_t around = 1 + 2 + 8;  // Type, version and checksum.
    return fmt::format(
        "Value at:{} refcount:1 encoding:{} serializedlength:{} lru:0 lru_seconds_idle:{}",
        fmt::ptr((*value)->data()), commands::encoding_of(**value), payload->size() - around,
        keyspace.idle_seconds(key).value_or(0));
}

// DEBUG OBJECT key
Result<void> object(Request& request, Words words) {
    session::on_every_worker(
        request.talk,
        [text = std::string(words[0]),
         database = request.talk.session.manners.database](Dispatcher& worker) {
            const auto key = store::make_key(text);
            return worker.keeper().keeps(key.slot) ? describe_value(worker, database, key)
                                                   : std::string();
        },
        [](const std::vector<std::string>& parts, Writer& reply) {
            const auto found = std::find_if(parts.begin(), parts.end(),
                                            [](const auto& part) { return !part.empty(); });
            found == parts.end() ? reply.error(commands::no_such_key()) : reply.simple(*found);
        });
    return {};
}

// Digests travel between workers as bytes, one after the other; parts are combined one by one.
std::vector<Digest> combine_parts(const std::vector<std::string>& parts) {
    std::vector<Digest> sums(parts.front().size() / Digest{}.size());
    for (const auto& part : parts) {
        for (std::size_t i = 0; i < sums.size(); ++i) {
            Digest digest;
            std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(i * digest.size()),
                        digest.size(), digest.begin());
            combine(sums[i], digest);
        }
    }
    return sums;
}

std::string bytes_of(const Digest& digest) {
    return {digest.begin(), digest.end()};
}

// DEBUG DIGEST
Result<void> digest(Request& request, Words) {
    session::on_every_worker(
        request.talk,
        [](Dispatcher& worker) {
            std::string digests;
            for (const auto* keyspace : worker.keeper().databases().all()) {
                digests += bytes_of(keyspace_digest(*keyspace));
            }
            return digests;
        },
        [](const std::vector<std::string>& parts, Writer& reply) {
            reply.simple(to_hex(data_digest(combine_parts(parts))));
        });
    return {};
}

// Of one key on one worker: zeros when it is not there, or not here.
Digest digest_of(Dispatcher& worker, int database, const std::string& text) {
    const auto key = store::make_key(text);
    if (!worker.keeper().keeps(key.slot)) return {};
    auto& keyspace = worker.keeper().databases()[database];
    const bool expires = keyspace.expires_at(key).has_value();
    const auto value = keyspace.string(key);
    return value && *value ? value_digest(**value, expires) : Digest{};
}

// DEBUG DIGEST-VALUE key [key ...]
Result<void> digest_value(Request& request, Words words) {
    session::on_every_worker(
        request.talk,
        [keys = std::vector<std::string>(words.begin(), words.end()),
         database = request.talk.session.manners.database](Dispatcher& worker) {
            std::string digests;
            for (const auto& key : keys) digests += bytes_of(digest_of(worker, database, key));
            return digests;
        },
        [](const std::vector<std::string>& parts, Writer& reply) {
            const auto digests = combine_parts(parts);
            reply.array(digests.size());
            for (const auto& each : digests) reply.simple(to_hex(each));
        });
    return {};
}

// DEBUG SET-ACTIVE-EXPIRE 0|1
Result<void> set_active_expiry(Request& request, Words words) {
    session::on_every_worker(
        request.talk,
        [active = words[0] != "0"](Dispatcher& worker) {
            worker.keeper().set_active_expiry(active);
            return std::string();
        },
        reply_ok);
    return {};
}

Result<void> change_replication_id(Request& request, Words) {
    request.services.replication->change_id();
    request.reply().ok();
    return {};
}

// DEBUG GOSSIP
Result<void> gossip_belief(Request& request, Words) {
    if (request.services.bus == nullptr) return no_cluster();
    const gossip::Instant now{gossip::Duration{request.worker().loop().monotonic_us() / 1000}};
    request.services.bus->report([answer = request.later(), now](const auto& report) {
        std::string text;
        Writer reply(text, answer.version());
        reply.verbatim(gossip_json(*report, now));
        answer.give(std::move(text));
    });
    return {};
}

Result<void> help(Request& request, Words) {
    static constexpr std::array<std::string_view, 21> lines{
        "DEBUG <subcommand> [<arg> ...]. Subcommands are:",
        "CHANGE-REPL-ID",
        "    Gives the history of writes another name: replicas need a full copy.",
        "DIGEST",
        "    A fingerprint of all data.",
        "DIGEST-VALUE <key> [<key> ...]",
        "    Fingerprints of values; zeros where there is no key.",
        "GOSSIP",
        "    What this node believes of its cluster, as JSON.",
        "OBJECT <key>",
        "    How a value is kept.",
        "RELOAD [NOSAVE] [NOFLUSH MERGE]",
        "    Saves the data, drops them and loads them again.",
        "    NOSAVE: loads the file that is there.",
        "    NOFLUSH MERGE: keeps the keys that are not in the file.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Whether expired keys are deleted before somebody asks for them.",
        "SLEEP <seconds>",
        "    Does nothing for so long.",
        "HELP",
        "    This text.",
    };
    write_help(request.reply(), lines);
    return {};
}

struct Subcommand {
    std::string_view name;
    Result<void> (*run)(Request&, Words);
    std::size_t fewest;
    std::size_t most;
};

constexpr std::size_t any_number = 1u << 20;
constexpr std::array subcommands{
    Subcommand{"CHANGE-REPL-ID", change_replication_id, 0, 0},
    Subcommand{"DIGEST", digest, 0, 0},
    Subcommand{"DIGEST-VALUE", digest_value, 1, any_number},
    Subcommand{"GOSSIP", gossip_belief, 0, 0},
    Subcommand{"HELP", help, 0, 0},
    Subcommand{"OBJECT", object, 1, 1},
    Subcommand{"RELOAD", reload, 0, 3},
    Subcommand{"SET-ACTIVE-EXPIRE", set_active_expiry, 1, 1},
    Subcommand{"SLEEP", sleep, 1, 1},
};

bool allowed(Request& request) {
    const auto setting = request.config().enable_debug_command;
    return setting == config::Allowed::yes ||
           (setting == config::Allowed::local && from_this_machine(request.talk.session));
}

// One row as with Redis, whose DEBUG has no subcommands in COMMAND's eyes either.
Result<void> debug(Request& request) {
    if (!allowed(request)) {
        return Error{
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to "
            "\"local\", you can run it from a local connection, otherwise you need to set this "
            "option in the configuration file, and then restart the server."};
    }
    const auto name = request.args()[1];
    const auto words = request.args().subspan(2);
    for (const auto& each : subcommands) {
        const bool fits = words.size() >= each.fewest && words.size() <= each.most;
        if (fits && commands::is_word(name, each.name)) return each.run(request, words);
    }
    return Error{"ERR unknown subcommand or wrong number of arguments for '" +
                 std::string(name.substr(0, 128)) + "'. Try DEBUG HELP."};
}

using namespace commands;

constinit const std::array rows{
    Command{.name = "DEBUG",
            .govern = debug,
            .arity = -2,
            .flags = admin_only | no_script | loading_ok | stale_ok,
            .group = "server",
            .since = "1.0.0",
            .complexity = "Depends on the subcommand.",
            .summary = "Looks into the node, or disturbs it."},
};

}  // namespace

std::span<const Command> debug_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
