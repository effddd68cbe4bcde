// The commands about keys as a client meets them, over one worker's databases.
#pragma once

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <memory>

#include "client/resp/reply.h"
#include "client/resp/request.h"
#include "node/commands/call.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {

inline constexpr store::Millis test_start = 1'700'000'000'000;

class Database {
public:
    Database() {
        for (int number = 0; number < 2; ++number) {
            keyspaces_[static_cast<std::size_t>(number)] =
                std::make_unique<store::Keyspace>(number);
        }
        databases_ = {keyspaces_[0].get(), keyspaces_[1].get()};
        advance(0);
        effects_.listen(true);
    }

    void advance(store::Millis millis) {
        now_ += millis;
        for (auto& keyspace : keyspaces_) keyspace->set_now(now_);
    }
    void select(int database) { selected_ = database; }
    store::Keyspace& keyspace() { return *databases_[static_cast<std::size_t>(selected_)]; }

    // Runs a command that is typed as in redis-cli, and answers its encoded reply.
    std::string run(std::string_view line) {
        client::resp::RequestReader reader;
        const std::string typed = std::string(line) + "\n";
        REQUIRE(*reader.read(typed) == typed.size());
        return run(std::vector<std::string_view>(reader.args().begin(), reader.args().end()));
    }

    std::string run(const std::vector<std::string_view>& args) {
        const Command& command = command_for(args);
        REQUIRE(command.accepts(args.size()));
        std::string out;
        client::resp::Writer writer(out);
        Call call{command, args, keyspace(), databases_, selected_, writer, effects_, nullptr, 1};
        if (const auto done = command.run(call); !done) {
            out.clear();
            writer.error(done.error());
        }
        return out;
    }

    // The effects since they were last asked for, one command on a line; SELECT left out.
    std::string effects() {
        const std::string bytes = effects_.take();
        client::resp::RequestReader reader;
        std::string text;
        for (std::size_t at = 0; at < bytes.size();) {
            at += *reader.read(std::string_view(bytes).substr(at));
            if (reader.args()[0] == "SELECT") continue;
            if (!text.empty()) text += '\n';
            std::string separator;
            for (const auto arg : reader.args()) {
                text.append(separator).append(arg);
                separator = " ";
            }
        }
        return text;
    }

private:
    static const Command& command_for(const std::vector<std::string_view>& args) {
        for (const auto family : key_families()) {
            for (const Command& command : family) {
                if (command.name != args[0]) continue;
                for (const Command& subcommand : command.subcommands) {
                    if (subcommand.name == args[1]) return subcommand;
                }
                REQUIRE(command.subcommands.empty());
                return command;
            }
        }
        FAIL("no command " << args[0]);
        std::abort();
    }

    std::array<std::unique_ptr<store::Keyspace>, 2> keyspaces_;
    std::array<store::Keyspace*, 2> databases_;
    int selected_ = 0;
    store::Millis now_ = test_start;
    journal::Effects effects_;
};

inline const std::string ok = "+OK\r\n";
inline const std::string null = "$-1\r\n";
inline std::string bulk(std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}
inline std::string integer(std::int64_t number) {
    return ":" + std::to_string(number) + "\r\n";
}
inline std::string error(std::string_view text) {
    return "-" + std::string(text) + "\r\n";
}

inline const std::string syntax_error_reply = error("ERR syntax error");
inline const std::string not_integer = error("ERR value is not an integer or out of range");

}  // namespace grapevine::node::commands
