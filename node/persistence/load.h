// Loads an RDB file into the workers' keepers before they run.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "node/commands/keeper.h"
#include "node/persistence/rdb_reader.h"
#include "slots/result.h"

namespace grapevine::node::persistence {

struct Loaded {
    std::uint64_t keys = 0;
    std::uint64_t expired = 0;  // Left out.
    RdbOrigin origin;
};

// Puts each key where it belongs; `keepers` are those of all workers, by worker, and empty. Keys
// whose time had come at `now` are left out, unless the file says which history it belongs to: then
// replicas have to hear of their end. IO cannot read PATH: reason; or, with the path, what
// RdbReader says: then some keys were loaded and the node must not serve them.
Result<Loaded> load_file(const std::string& path, std::span<commands::Keeper* const> keepers,
                         store::Millis now);

// Puts one key into the keeper that it belongs to.
void keep(commands::Keeper& keeper, int database, const store::Key& key, std::string_view value,
          std::optional<store::Millis> expires_at);

}  // namespace grapevine::node::persistence
