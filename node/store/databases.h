// The keyspaces of one worker, by database number, and what concerns them all.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "node/store/garbage.h"
#include "node/store/keyspace.h"
#include "node/store/snapshot.h"

namespace grapevine::node::store {

class Databases {
public:
    // An unused database costs a few KB. `version`: where to begin counting snapshots.
    explicit Databases(int count = 16, Version version = 0);
    Databases(const Databases&) = delete;

    // `number` is below count().
    Keyspace& operator[](int number) { return *by_number_[static_cast<std::size_t>(number)]; }
    int count() const { return static_cast<int>(by_number_.size()); }
    std::span<Keyspace* const> all() const { return by_number_; }  // By number.
    std::span<Keyspace* const> by_age() const { return by_age_; }  // An order that swap() leaves.
    // Exchanges two databases' keys. Both are below count(). Watched keys of both count as changed.
    void swap(int first, int second);

    void set_now(Millis now);
    void set_listener(Listener* listener);
    void set_keeps_expired(bool keeps);

    std::uint64_t size() const;     // Keys.
    std::uint64_t changes() const;  // As Keyspace counts them.
    std::uint64_t bytes()
        const;  // Of keys and tables, cleared ones that are not yet freed included.

    // Deletes expired keys, some in each database, until `budget_keys` were looked at; returns how
    // many.
    std::size_t expire_some(std::size_t budget_keys);
    // Frees about `budget_keys` of what was cleared; false when nothing is left to do.
    bool free_some(std::size_t budget_keys) { return garbage_.step(budget_keys); }

    Snapshots& snapshots() { return snapshots_; }

private:
    Garbage garbage_;
    Snapshots snapshots_;
    std::vector<std::unique_ptr<Keyspace>> keyspaces_;
    std::vector<Keyspace*> by_age_;
    std::vector<Keyspace*> by_number_;
};

}  // namespace grapevine::node::store
