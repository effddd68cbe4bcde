// Cuts a primary's stream into what must be applied as one: a command, or MULTI ... EXEC.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/resp/request.h"
#include "node/commands/command.h"
#include "slots/result.h"
#include "slots/slot.h"

namespace grapevine::node::replication {

using Lookup = std::function<const commands::Command*(std::string_view name)>;

struct Unit {
    enum class For : std::uint8_t { nobody, owner, everyone };  // Which workers apply it.

    std::string_view bytes = {};  // As they came.
    For whom = For::nobody;
    slots::Slot slot = {};   // Of the owner: of the unit's first key.
    int database = 0;        // Selected when the unit begins.
    bool wants_ack = false;  // REPLCONF GETACK
};

class UnitReader {
public:
    // A unit may select databases below `databases`.
    UnitReader(Lookup lookup, int databases) : lookup_(lookup), databases_(databases) {}

    void feed(std::string_view bytes);
    // The next whole unit; nothing when more bytes are needed. Its bytes are valid until the next
    // feed(). An error is final: the stream holds what this node cannot apply.
    Result<std::optional<Unit>> next();

    int database() const { return database_; }
    void select(int database) { database_ = database; }
    // Drops what is not a whole unit, for a stream that goes on elsewhere.
    void forget_rest();

private:
    Result<void> take(std::span<const std::string_view> args, Unit& unit);
    Result<void> take_select(std::span<const std::string_view> args);
    Result<void> take_keyed(std::string_view name, std::span<const std::string_view> args,
                            Unit& unit);
    Unit finish(Unit& unit);

    Lookup lookup_;
    int databases_;
    client::resp::RequestReader requests_;
    std::string input_;
    std::size_t begin_ = 0;  // Of the unit that is being read.
    std::size_t end_ = 0;    // Of the last command read.
    int database_ = 0;
    bool in_group_ = false;
    Unit unit_;  // What is known of the group that is being read.
};

}  // namespace grapevine::node::replication
