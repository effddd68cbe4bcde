#include "node/store/databases.h"

#include <utility>

namespace grapevine::node::store {

Databases::Databases(int count, Version version) : snapshots_(version) {
    for (int number = 0; number < count; ++number) {
        keyspaces_.push_back(std::make_unique<Keyspace>(number));
        keyspaces_.back()->join(static_cast<std::uint32_t>(number), snapshots_, garbage_);
        by_age_.push_back(keyspaces_.back().get());
    }
    by_number_ = by_age_;
}

void Databases::swap(int first, int second) {
    Keyspace*& one = by_number_[static_cast<std::size_t>(first)];
    Keyspace*& other = by_number_[static_cast<std::size_t>(second)];
    if (one == other) return;
    one->swap_number(*other);
    std::swap(one, other);
}

void Databases::set_now(Millis now) {
    for (Keyspace* keyspace : by_age_) keyspace->set_now(now);
}

void Databases::set_listener(Listener* listener) {
    for (Keyspace* keyspace : by_age_) keyspace->set_listener(listener);
}

void Databases::set_keeps_expired(bool keeps) {
    for (Keyspace* keyspace : by_age_) keyspace->set_keeps_expired(keeps);
}

std::uint64_t Databases::size() const {
    std::uint64_t keys = 0;
    for (const Keyspace* keyspace : by_age_) keys += keyspace->size();
    return keys;
}

std::uint64_t Databases::changes() const {
    std::uint64_t changes = 0;
    for (const Keyspace* keyspace : by_age_) changes += keyspace->changes();
    return changes;
}

std::uint64_t Databases::bytes() const {
    std::uint64_t bytes = garbage_.bytes();
    for (const Keyspace* keyspace : by_age_) bytes += keyspace->bytes();
    return bytes;
}

std::size_t Databases::expire_some(std::size_t budget_keys) {
    std::size_t expiring = 0;
    for (const Keyspace* keyspace : by_age_) expiring += keyspace->expiring() > 0 ? 1 : 0;
    std::size_t deleted = 0;
    for (Keyspace* keyspace : by_age_) {
        if (keyspace->expiring() > 0)
            deleted += keyspace->expire_some((budget_keys + expiring - 1) / expiring);
    }
    return deleted;
}

}  // namespace grapevine::node::store
