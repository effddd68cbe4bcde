#include "node/store/snapshot.h"

#include <algorithm>

#include "node/store/databases.h"
#include "node/store/dump.h"
#include "node/store/encoding.h"
#include "node/store/garbage.h"

namespace grapevine::node::store {
namespace {

constexpr std::size_t step_cost =
    sizeof(Bucket);  // Bytes looked through for each bucket, be it empty.

}  // namespace

void Snapshots::preserve(const Place& place, Entry& entry) {
    for (Snapshot* snapshot : running_) {
        if (!snapshot->wants(place, entry)) continue;
        snapshot->add(place, entry);
        snapshot->flush(place);
    }
    entry.set_stamp(version_);
}

void Snapshots::retire(const Place& slot, const std::shared_ptr<Retired>& retired) {
    const Place end{slot.keyspace, slot.slot + 1, 0};
    for (Snapshot* snapshot : running_) {
        if (!snapshot->has(slot.slot) || snapshot->next_ >= end) continue;
        snapshot->claims_.push_back({retired, std::max(slot, snapshot->next_)});
    }
}

Version Snapshots::begin(Databases& databases) {
    if (version_ == last_version) renumber(databases);
    return ++version_;
}

// Every 16 million snapshots all stamps are counted anew: the only thing here that takes a long
// turn.
void Snapshots::renumber(Databases& databases) {
    Version oldest = version_ + 1;
    for (const Snapshot* snapshot : running_) oldest = std::min(oldest, snapshot->version_);
    const auto renumbered = [&](Version version) {
        return version < oldest ? 0 : version - oldest + 1;
    };
    const auto renumber_all = [&](const Table& table) {
        for (Position at = 0; at != position_end;) {
            at = table.walk(at, [&](Ref ref) { ref->set_stamp(renumbered(ref->stamp())); });
        }
    };
    for (const Keyspace* keyspace : databases.by_age()) {
        keyspace->occupied().for_each(
            [&](slots::Slot slot) { renumber_all(keyspace->table(slot)); });
    }
    for (Snapshot* snapshot : running_) {
        for (const auto& claim : snapshot->claims_) renumber_all(claim.retired->table);
        snapshot->version_ = renumbered(snapshot->version_);
    }
    version_ = renumbered(version_);
}

Snapshot::Snapshot(Databases& databases, Sink& sink, const slots::SlotSet& slots)
    : databases_(databases),
      sink_(sink),
      slots_(slots),
      version_(databases.snapshots().begin(databases)) {
    for (const Keyspace* keyspace : databases.by_age()) numbers_.push_back(keyspace->database());
    databases.snapshots().running_.push_back(this);
}

Snapshot::~Snapshot() {
    std::erase(databases_.snapshots().running_, this);
}

bool Snapshot::done() const {
    return claims_.empty() && next_.keyspace == numbers_.size();
}

bool Snapshot::step(std::size_t budget) {
    for (worked_ = 0; worked_ < budget && !done(); worked_ += step_cost) {
        if (claims_.empty()) {
            walk_keyspace();
        } else {
            walk_claim();
        }
    }
    return done();
}

void Snapshot::walk_claim() {
    Claim& claim = claims_.back();
    claim.next.position = claim.retired->table.walk(claim.next.position, [&](Ref ref) {
        if (ref->stamp() < version_) add(claim.next, *ref);
    });
    flush(claim.next);
    if (claim.next.position == position_end) claims_.pop_back();
}

void Snapshot::walk_keyspace() {
    const Keyspace& keyspace = *databases_.by_age()[next_.keyspace];
    const auto slot = keyspace.occupied().first_from(next_.slot);
    if (!slot) {
        next_ = {next_.keyspace + 1, 0, 0};
    } else if (slot->number != next_.slot) {
        next_ = {next_.keyspace, slot->number, 0};
    } else if (!slots_.contains(*slot)) {
        next_ = {next_.keyspace, next_.slot + 1, 0};
    } else {
        walk_to(keyspace.table(*slot).walk(next_.position, [&](Ref ref) {
            if (ref->stamp() < version_) add(next_, *ref);
        }));
    }
}

void Snapshot::walk_to(Position position) {
    flush(next_);
    next_.position = position;
    if (position == position_end) next_ = {next_.keyspace, next_.slot + 1, 0};
}

void Snapshot::add(const Place& place, const Entry& entry) {
    if (entry.size() > Sink::largest_piece) return add_large(place, entry);
    append_record(buffer_, entry);
    if (buffer_.size() > Sink::largest_piece) flush(place);
}

void Snapshot::add_large(const Place& place, const Entry& entry) {
    append_record_head(buffer_, entry);
    append_length(buffer_, entry.value_size());
    flush(place);
    for (auto left = entry.value(); !left.empty();) {
        const auto piece = left.substr(0, Sink::largest_piece);
        write(place, piece);
        left.remove_prefix(piece.size());
    }
}

void Snapshot::flush(const Place& place) {
    if (buffer_.empty()) return;
    write(place, buffer_);
    buffer_.clear();
}

void Snapshot::write(const Place& place, std::string_view bytes) {
    worked_ += bytes.size();
    sink_.write(numbers_[place.keyspace], slots::Slot{static_cast<std::uint16_t>(place.slot)},
                bytes);
}

}  // namespace grapevine::node::store
