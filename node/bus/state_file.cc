#include "node/bus/state_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "gossip/nodes_conf.h"

namespace grapevine::node::bus {
namespace {

struct ReadState {
    gossip::State state;
    bool of_redis = false;
};

Result<ReadState> read_state(const std::string& path, std::uint64_t seed) {
    const auto text = io::read_file(path);
    if (!text) return text.error();
    auto own = gossip::parse_state(*text);
    if (own) return ReadState{*std::move(own)};
    const bool of_redis = gossip::looks_like_nodes_conf(*text);
    if (!of_redis) return own.error();
    auto theirs = gossip::parse_nodes_conf(*text, seed);
    if (!theirs) return theirs.error();
    return ReadState{*std::move(theirs), true};
}

// The lost generation was at most one step ahead: it may have granted one vote that this one does
// not know of, to anybody and against anybody.
void assume_one_more_vote(gossip::State& state) {
    state.current_epoch += 1;
    state.last_vote_epoch = state.current_epoch;
    for (const gossip::SavedMember& member : state.members) {
        const bool primary = member.role == slots::Role::primary;
        if (primary) state.votes[member.id] = {state.current_epoch, {}};
    }
}

Error unusable(const std::string& path, const Error& newest, const Error& previous) {
    return Error{"IO the cluster state cannot be read from " + path + " (" + newest.text +
                 ") nor from " + previous_of(path) + " (" + previous.text +
                 "). Restore one of them from a backup, or delete both to join as a new node"};
}

// Gives what is under `path` a second name, in place of what had that name.
Result<void> keep_as(const std::string& name, const std::string& path) {
    const std::string beside = name + ".tmp";
    ::unlink(beside.c_str());
    if (::link(path.c_str(), beside.c_str()) == 0) return io::rename_durably(beside, name);
    if (errno == ENOENT) return {};
    return Error{"IO cannot keep " + path + " as " + name + ": " + std::strerror(errno)};
}

// Puts the generation before a damaged one in its place, without keeping that as the previous one.
Result<LoadedState> go_back(const std::string& path, gossip::State previous, const Error& damage) {
    const std::string damaged = path + ".damaged";
    if (auto kept = keep_as(damaged, path); !kept) return kept.error();
    assume_one_more_vote(previous);
    if (auto stored = io::write_durably(path, gossip::to_text(previous)); !stored) {
        return stored.error();
    }
    return LoadedState{std::move(previous), true,
                       "the cluster state was damaged and is kept as " + damaged +
                           "; going on with the generation before it: " + damage.text};
}

// The way back to Redis: its own file, under another name.
Result<LoadedState> take_over(const std::string& path, gossip::State state) {
    const std::string original = path + ".redis";
    if (auto kept = keep_as(original, path); !kept) return kept.error();
    return LoadedState{std::move(state), true,
                       "the cluster state is a Redis node's: this node goes on in its place; the "
                       "file is kept as " +
                           original};
}

}  // namespace

std::string previous_of(const std::string& path) {
    return path + ".previous";
}

Result<LoadedState> load_state(const std::string& path, std::uint64_t seed) {
    if (!io::file_exists(path)) {
        std::remove(previous_of(path).c_str());  // Of a node that is no more.
        return LoadedState{gossip::State::fresh(seed), false, {}};
    }
    auto newest = read_state(path, seed);
    if (newest && newest->of_redis) return take_over(path, std::move(newest->state));
    if (newest) return LoadedState{std::move(newest->state), true, {}};
    auto previous = read_state(previous_of(path), seed);
    if (!previous) return unusable(path, newest.error(), previous.error());
    return go_back(path, std::move(previous->state), newest.error());
}

Result<void> store_state(const std::string& path, std::string_view text) {
    if (auto kept = keep_as(previous_of(path), path); !kept) return kept;
    return io::write_durably(path, text);
}

Result<io::FileLock> lock_state(const std::string& path) {
    auto lock = io::FileLock::take(path + ".lock");
    if (lock) return lock;
    return Error{lock.error().text + ": does another node run with the cluster state " + path +
                 "? Every node needs its own dir or cluster-config-file"};
}

}  // namespace grapevine::node::bus
