// Brings a primary's payload into the workers' keepers: the old keys go, the new ones come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "node/commands/keeper.h"
#include "node/journal/journal.h"
#include "node/persistence/rdb_reader.h"

namespace grapevine::node::replication {

// Lives on the journal thread. What it sends to the workers arrives before what is sent to them
// later, so the stream may follow at once.
class Loader {
public:
    // Empties the keepers first. `moved` is called when workers have taken keys.
    Loader(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
           std::function<void()> moved);
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    // An error is final: what RdbReader says.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();

    // Bytes on their way to the workers: when they are many, read no more.
    std::size_t under_way() const { return *under_way_; }
    std::uint64_t bytes() const { return bytes_; }
    const persistence::RdbOrigin& origin() const { return reader_.origin(); }

private:
    struct Batch;

    void keep(int database, store::Record&& record);
    void send(unsigned worker);

    journal::Journal& journal_;
    std::span<commands::Keeper* const> keepers_;
    std::shared_ptr<std::function<void()>> moved_;
    std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
    std::vector<std::shared_ptr<Batch>> batches_;  // By worker: not yet sent.
    std::uint64_t bytes_ = 0;
    persistence::RdbReader reader_;
};

// Empties a keeper, on its thread: all of its databases.
void clear(commands::Keeper& keeper);

}  // namespace grapevine::node::replication
