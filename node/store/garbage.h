// Cleared tables, freed in steps: clearing millions of keys costs no long turn.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "node/store/table.h"

namespace grapevine::node::store {

// What a slot held when it was cleared. Nobody changes it any more.
struct Retired {
    Retired(const Table& what, std::uint64_t size) : table(what), bytes(size) {}

    Table table;
    std::uint64_t bytes;  // Of its entries and buckets.
    Position freed_up_to = 0;
};

class Garbage {
public:
    Garbage() = default;
    Garbage(const Garbage&) = delete;
    ~Garbage();

    // Who keeps a copy of the pointer keeps it from being freed.
    void add(std::shared_ptr<Retired> retired);
    // Frees about `budget_keys` keys; false when nothing is left to do.
    bool step(std::size_t budget_keys);
    // Not yet freed.
    std::uint64_t bytes() const { return bytes_; }

private:
    std::deque<std::shared_ptr<Retired>> retired_;
    std::uint64_t bytes_ = 0;
};

}  // namespace grapevine::node::store
