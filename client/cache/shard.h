// Answers that are kept until a server says that their key has changed: one part of the cache, of
// one thread at a time. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace grapevine::client::cache {

// An answer as it was received. Copies share the bytes, which never change.
class Answer {
public:
    Answer() = default;
    explicit Answer(std::string_view bytes);

    std::string_view bytes() const { return {bytes_.get(), size_}; }
    explicit operator bool() const { return bytes_ != nullptr; }

private:
    std::shared_ptr<const char[]> bytes_;
    std::size_t size_ = 0;
};

struct Tallies {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t invalidations = 0;  // Keys that servers said had changed, kept here or not.
    std::uint64_t evictions = 0;      // Keys, for want of room.
    std::uint64_t keys = 0;           // Now.
    std::uint64_t bytes = 0;          // Now.
};

// The race between an answer and the news that it is old is decided by markers. Who is to ask for a
// key leaves one; an answer is kept only if the marker of its question still stands. Whatever makes
// an answer doubtful takes the marker away: a key that changed, a write of our own that began, a
// slot whose epoch is another.
class Shard {
public:
    // What a key costs besides its own bytes and those of its answers, at most.
    static constexpr std::size_t cost_of_key = 256;
    static constexpr std::size_t cost_of_answer = 96;
    // Different questions about one key; the oldest answer goes.
    static constexpr std::size_t most_answers = 32;

    explicit Shard(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    struct Found {
        Answer answer{};           // If it is known;
        std::uint64_t marker = 0;  // otherwise, unless zero, for keep() or forget().
    };
    // `question` tells apart what can be asked about one key. `epoch`: see Guards.
    Found look(std::string_view key, std::string_view question, std::uint32_t epoch);

    // The answer to what was asked with `marker`; `epoch` as it is now.
    void keep(std::string_view key, std::string_view question, std::uint64_t marker,
              std::uint32_t epoch, std::string_view answer);
    // There is no answer, or one that nobody vouches for.
    void forget(std::string_view key, std::uint64_t marker);

    void invalidate(std::string_view key);
    // From before a write of ours is sent until it has ended, nothing is known about the key.
    void begin_write(std::string_view key);
    void end_write(std::string_view key);
    void clear();

    const Tallies& tallies() const { return tallies_; }

private:
    struct Known {
        std::string question;
        Answer answer;
    };
    struct Entry {
        std::string key;
        std::uint32_t epoch = 0;
        std::uint64_t marker = 0;
        std::uint64_t bytes = 0;
        std::vector<Known> known;
    };
    using Entries = std::list<Entry>;  // Used last in front.
    using Place = Entries::iterator;

    static std::size_t bucket_of(std::string_view key);
    Place add(std::string_view key, std::uint32_t epoch);
    static std::size_t cost_of(const Known& known);
    void grow(Entry& entry, std::size_t bytes);
    void shrink(Entry& entry, std::size_t bytes);
    void erase(Place entry);
    void erase(std::string_view key);
    void make_room();

    const std::size_t most_bytes_;
    Entries entries_;
    std::unordered_map<std::string_view, Place> places_;
    // Writes of ours on their way, by a hash of their keys: those that share a place are asked for
    // without need, which does no harm.
    std::array<std::uint32_t, 1024> writes_{};
    std::uint64_t last_marker_ = 0;
    Tallies tallies_;
};

}  // namespace grapevine::client::cache
