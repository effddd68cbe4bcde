#include "client/cache/shard.h"

#include <algorithm>
#include <functional>

namespace grapevine::client::cache {

Answer::Answer(std::string_view bytes) : size_(bytes.size()) {
    auto copy = std::make_shared<char[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), copy.get());
    bytes_ = std::move(copy);
}

std::size_t Shard::bucket_of(std::string_view key) {
    // Other bits than those that chose the shard.
    return (std::hash<std::string_view>{}(key) >> 16) % std::tuple_size_v<decltype(writes_)>;
}

Shard::Found Shard::look(std::string_view key, std::string_view question, std::uint32_t epoch) {
    auto found = places_.find(key);
    if (found != places_.end() && found->second->epoch != epoch) {
        erase(found->second);
        found = places_.end();
    }
    if (found != places_.end()) {
        Entry& entry = *found->second;
        entries_.splice(entries_.begin(), entries_, found->second);
        for (const Known& each : entry.known) {
            if (each.question != question) continue;
            ++tallies_.hits;
            return {.answer = each.answer};
        }
        ++tallies_.misses;
        if (entry.marker == 0) return {.marker = entry.marker = ++last_marker_};
        return {};  // Somebody else asks for this key already.
    }
    ++tallies_.misses;
    if (writes_[bucket_of(key)] > 0 || key.size() + cost_of_key > most_bytes_) return {};
    const std::uint64_t marker = ++last_marker_;
    add(key, epoch)->marker = marker;
    make_room();
    return {.marker = marker};
}

void Shard::keep(std::string_view key, std::string_view question, std::uint64_t marker,
                 std::uint32_t epoch, std::string_view answer) {
    const auto found = places_.find(key);
    if (found == places_.end() || found->second->marker != marker) return;
    Entry& entry = *found->second;
    if (entry.epoch != epoch) return erase(found->second);
    entry.marker = 0;
    if (entry.known.size() == most_answers) {
        shrink(entry, cost_of(entry.known.front()));
        entry.known.erase(entry.known.begin());
    }
    entry.known.push_back({.question = std::string(question), .answer = Answer(answer)});
    grow(entry, cost_of(entry.known.back()));
    if (entry.bytes > most_bytes_) return erase(found->second);
    entries_.splice(entries_.begin(), entries_, found->second);
    make_room();
}

void Shard::forget(std::string_view key, std::uint64_t marker) {
    const auto found = places_.find(key);
    if (found == places_.end() || found->second->marker != marker) return;
    found->second->marker = 0;
    if (found->second->known.empty()) erase(found->second);
}

void Shard::invalidate(std::string_view key) {
    ++tallies_.invalidations;
    erase(key);
}

void Shard::begin_write(std::string_view key) {
    ++writes_[bucket_of(key)];
    erase(key);
}

void Shard::end_write(std::string_view key) {
    --writes_[bucket_of(key)];
}

void Shard::clear() {
    places_.clear();
    entries_.clear();
    tallies_.keys = tallies_.bytes = 0;
}

Shard::Place Shard::add(std::string_view key, std::uint32_t epoch) {
    entries_.push_front({.key = std::string(key), .epoch = epoch, .known = {}});
    places_.emplace(entries_.front().key, entries_.begin());
    ++tallies_.keys;
    grow(entries_.front(), cost_of_key + key.size());
    return entries_.begin();
}

void Shard::grow(Entry& entry, std::size_t bytes) {
    entry.bytes += bytes;
    tallies_.bytes += bytes;
}

void Shard::shrink(Entry& entry, std::size_t bytes) {
    entry.bytes -= bytes;
    tallies_.bytes -= bytes;
}

std::size_t Shard::cost_of(const Known& known) {
    return cost_of_answer + known.question.size() + known.answer.bytes().size();
}

void Shard::erase(Place entry) {
    tallies_.bytes -= entry->bytes;
    --tallies_.keys;
    places_.erase(entry->key);
    entries_.erase(entry);
}

void Shard::erase(std::string_view key) {
    const auto found = places_.find(key);
    if (found != places_.end()) erase(found->second);
}

void Shard::make_room() {
    while (tallies_.bytes > most_bytes_) {
        ++tallies_.evictions;
        erase(std::prev(entries_.end()));
    }
}

}  // namespace grapevine::client::cache
