// What a command did, in the order in which it happened: deterministic write commands, to be
// replayed elsewhere.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::node::journal {

// A worker's effects since they were last taken, as RESP commands (RESP arrays of bulk strings).
// Costs nothing but a branch while nobody listens.
class Effects {
public:
    bool listening() const { return listening_; }
    void listen(bool on) { listening_ = on; }

    // One command of `database`. Puts a SELECT in front when the database changes.
    void record(int database, std::span<const std::string_view> command);
    void record(int database, std::initializer_list<std::string_view> command) {
        if (listening_) record(database, std::span{command.begin(), command.size()});
    }
    // Everything recorded between begin() and commit() is applied as one (MULTI ... EXEC), when it
    // is two commands or more. A group inside a group is part of it.
    void begin();
    void commit();

    bool empty() const { return bytes_.empty(); }
    // The bytes; forgets them. Each batch selects its database anew, so batches of several workers
    // may follow one another in any order. Never inside a group.
    std::string take();

private:
    std::string bytes_;
    int selected_ = -1;
    bool listening_ = false;
    int depth_ = 0;                   // Of groups inside groups.
    std::size_t group_start_ = 0;     // Where in bytes_ the outermost group begins.
    std::size_t group_commands_ = 0;  // Recorded since then.
};

}  // namespace grapevine::node::journal
