#include "node/replication/loader.h"

#include <utility>

#include "node/persistence/load.h"

namespace grapevine::node::replication {
namespace {

constexpr std::size_t batch_bytes = 32 * 1024;

}  // namespace

// Keys for one worker.
struct Loader::Batch {
    struct Item {
        int database;
        slots::Slot slot;
        store::Record record;
    };
    std::vector<Item> items;
    std::size_t bytes = 0;
};

void clear(commands::Keeper& keeper) {
    for (store::Keyspace* keyspace : keeper.databases().all()) keyspace->clear();
}

Loader::Loader(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
               std::function<void()> moved)
    : journal_(journal),
      keepers_(keepers),
      moved_(std::make_shared<std::function<void()>>(std::move(moved))),
      batches_(keepers.size()),
      reader_(static_cast<int>(keepers.front()->databases().all().size()),
              [this](int database, store::Record&& record) { keep(database, std::move(record)); }) {
    for (unsigned i = 0; i < keepers_.size(); ++i) {
        journal_.on_worker(i, [keeper = keepers_[i]] { clear(*keeper); });
    }
}

Result<void> Loader::feed(std::string_view bytes) {
    bytes_ += bytes.size();
    return reader_.feed(bytes);
}

Result<void> Loader::finish() {
    if (auto whole = reader_.finish(); !whole) return whole;
    for (unsigned i = 0; i < batches_.size(); ++i) send(i);
    return {};
}

void Loader::keep(int database, store::Record&& record) {
    const auto slot = slots::slot_of(record.key);
    const auto worker = static_cast<unsigned>(slot.number % keepers_.size());
    auto& batch = batches_[worker];
    if (!batch) batch = std::make_shared<Batch>();
    batch->bytes += record.key.size() + record.value.size() + sizeof(Batch::Item);
    batch->items.push_back({database, slot, std::move(record)});
    if (batch->bytes >= batch_bytes) send(worker);
}

void Loader::send(unsigned worker) {
    const auto batch = std::exchange(batches_[worker], {});
    if (!batch) return;
    *under_way_ += batch->bytes;
    journal_.on_worker(worker, [batch, keeper = keepers_[worker], &loop = journal_.loop(),
                                under_way = under_way_, moved = std::weak_ptr(moved_)] {
        for (const auto& [database, slot, record] : batch->items) {
            persistence::keep(*keeper, database, store::make_key(record.key, slot), record.value,
                              record.expires_at);
        }
        loop.post([under_way, bytes = batch->bytes, moved] {
            *under_way -= bytes;
            if (const auto still_there = moved.lock()) (*still_there)();
        });
    });
}

}  // namespace grapevine::node::replication
