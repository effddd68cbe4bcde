// All keys as they were at one instant, while they go on changing: no fork, no second copy.
//
// A snapshot walks the tables in order. An entry that is about to change before the walk has come
// to it is handed out first (copy before write); its stamp then says that the snapshot has had it.
// Whatever tables do meanwhile (grow, divide, shrink) moves entries but not their positions, so it
// needs no copying.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/store/bucket.h"
#include "slots/slot_set.h"

namespace grapevine::node::store {

class Databases;
class Snapshot;
struct Retired;

// Takes a snapshot's records.
class Sink {
public:
    virtual ~Sink() = default;
    // RDB key records ([expiry] type key value) of one slot, whole ones, but for a large one, which
    // comes in consecutive calls. At most about largest_piece bytes. `database` is its number when
    // the snapshot began. Is called by Snapshot::step() and by any write to a key: must not touch
    // the keys.
    virtual void write(int database, slots::Slot slot, std::string_view bytes) = 0;

    static constexpr std::size_t largest_piece = 64 * 1024;
};

// Where an entry is, in the order in which snapshots walk.
struct Place {
    std::uint32_t keyspace = 0;  // By age, whatever its number became by swapping.
    std::uint32_t slot = 0;
    Position position = 0;
    auto operator<=>(const Place&) const = default;
};

// The snapshots that a worker has begun and not ended.
class Snapshots {
public:
    // `version`: where to begin counting snapshots.
    explicit Snapshots(Version version = 0) : version_(version) {}

    bool running() const { return !running_.empty(); }
    // To be called before an entry changes or goes.
    void preserve(const Place& place, Entry& entry);
    // For a new entry.
    void stamp(Entry& entry) const {
        if (!running_.empty()) entry.set_stamp(version_);
    }
    // A slot was cleared, `retired` is what it held. `slot` is its first place.
    void retire(const Place& slot, const std::shared_ptr<Retired>& retired);

private:
    friend class Snapshot;

    Version begin(Databases& databases);
    void renumber(Databases& databases);

    Version version_;
    std::vector<Snapshot*> running_;
};

class Snapshot {
public:
    // Begins at once: what is written from now on is not in it. Nothing but the slots' keys is. All
    // must outlive it. Destroying it early abandons it.
    Snapshot(Databases& databases, Sink& sink, const slots::SlotSet& slots = slots::SlotSet::all());
    Snapshot(const Snapshot&) = delete;
    ~Snapshot();

    // Goes on until about `budget` bytes were written or looked through. True when it has
    // everything.
    bool step(std::size_t budget);
    bool done() const;

private:
    friend class Snapshots;
    // A cleared table, to be walked from a position on.
    struct Claim {
        std::shared_ptr<Retired> retired;
        Place next;
    };

    bool wants(const Place& place, const Entry& entry) const {
        return entry.stamp() < version_ && place >= next_ && has(place.slot);
    }
    bool has(std::uint32_t slot) const {
        return slots_.contains(slots::Slot{static_cast<std::uint16_t>(slot)});
    }
    void walk_claim();
    void walk_keyspace();
    void walk_to(Position position);
    void add(const Place& place, const Entry& entry);
    void add_large(const Place& place, const Entry& entry);
    void flush(const Place& place);
    void write(const Place& place, std::string_view bytes);

    Databases& databases_;
    Sink& sink_;
    slots::SlotSet slots_;
    Version version_;
    std::vector<int> numbers_;  // Of the keyspaces, at the beginning.
    Place next_;                // What is before it has been written.
    std::vector<Claim> claims_;
    std::string buffer_;
    std::size_t worked_ = 0;  // Bytes.
};

}  // namespace grapevine::node::store
