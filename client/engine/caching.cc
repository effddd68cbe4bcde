#include "client/engine/caching.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace grapevine::client {
namespace {

constexpr std::size_t bytes_for_one_part = 1u << 20;
constexpr std::size_t most_parts = 64;

// A callback that is called at once may start the next call, and so on: from this depth on the
// server is asked, so that the stack comes to an end.
constexpr int deepest = 16;
thread_local int depth = 0;

std::size_t parts_for(std::size_t bytes) {
    return std::bit_floor(std::clamp<std::size_t>(bytes / bytes_for_one_part, 1, most_parts));
}

}  // namespace

Caching::Caching(std::size_t most_bytes, ReadFrom reads) : reads_(reads) {
    const std::size_t parts = parts_for(most_bytes);
    for (std::size_t i = 0; i < parts; ++i)
        parts_.push_back(std::make_unique<Part>(most_bytes / parts));
}

Caching::Part& Caching::part_of(std::string_view key) {
    return *parts_[std::hash<std::string_view>{}(key) & (parts_.size() - 1)];
}

bool Caching::begin(Operation& operation) {
    const Facts& facts = operation.request.facts();
    if (!facts.reads()) {
        begin_write(operation);
        return false;
    }
    const ReadFrom from = facts.from == ReadFrom::unsaid ? reads_ : facts.from;
    const bool shared = !facts.fresh && from == ReadFrom::primary && !facts.needs_own_connection();
    if (!shared || facts.slot == any_slot) return false;
    if (depth >= deepest || flushes_.load(std::memory_order_acquire) > 0) return false;
    const auto question = cache::question_of(operation.request);
    return question && look(operation, *question);
}

bool Caching::look(Operation& operation, const cache::Question& question) {
    Part& part = part_of(question.key);
    std::unique_lock lock(part.mutex);
    auto found = part.shard.look(question.key, question.text,
                                 guards_->epoch(operation.request.facts().slot));
    lock.unlock();
    operation.marker = found.marker;
    if (!found.answer) return false;
    ++depth;
    const bool told = operation.known(Reply(found.answer.bytes()));
    --depth;
    return told;
}

void Caching::begin_write(Operation& operation) {
    if (operation.request.facts().reads()) return;
    bool any = false;
    const bool all = cache::changes_of(operation.request, [&](std::string_view key) {
        any = true;
        Part& part = part_of(key);
        const std::lock_guard lock(part.mutex);
        part.shard.begin_write(key);
    });
    if (all) {
        ++flushes_;
        clear();
    }
    if (any || all) operation.marker = writing;
}

void Caching::end_write(Operation& operation) {
    const bool all = cache::changes_of(operation.request, [&](std::string_view key) {
        Part& part = part_of(key);
        const std::lock_guard lock(part.mutex);
        part.shard.end_write(key);
    });
    if (!all) return;
    clear();  // What somebody asked for before he could see that everything is being flushed.
    --flushes_;
}

void Caching::clear() {
    for (const auto& part : parts_) {
        const std::lock_guard lock(part->mutex);
        part->shard.clear();
    }
}

void Caching::answered(Operation& operation, const Reply& reply, std::uint16_t node, bool vouched) {
    if (operation.marker == writing) return end_write(operation);
    Node& from = node_of(node);
    if (!vouched || !from.tracked) return failed(operation);
    const auto question = cache::question_of(operation.request);
    const std::uint16_t slot = operation.request.facts().slot;
    guards_->vouches(slot, node);
    if (from.slot == any_slot || guards_->guard_of(from.slot) != node) {
        from.key = question->key;
        from.slot = slot;
    }
    Part& part = part_of(question->key);
    const std::string bytes = cache::encoded(reply);
    const std::lock_guard lock(part.mutex);
    part.shard.keep(question->key, question->text, operation.marker, guards_->epoch(slot), bytes);
}

void Caching::failed(Operation& operation) {
    if (operation.marker == writing) return end_write(operation);
    const auto question = cache::question_of(operation.request);
    Part& part = part_of(question->key);
    const std::lock_guard lock(part.mutex);
    part.shard.forget(question->key, operation.marker);
}

bool Caching::pushed(std::uint16_t node, const Reply& message) {
    std::size_t place = 0;
    for (const Reply element : message.elements()) {
        if (place == 0 && element.text() != "invalidate") return false;
        if (place == 1 && element.is_null()) {
            flushed_.fetch_add(1, std::memory_order_relaxed);
            guards_->drop(node);
        }
        if (place++ != 1) continue;
        for (const Reply key : element.elements()) {
            Part& part = part_of(key.text());
            const std::lock_guard lock(part.mutex);
            part.shard.invalidate(key.text());
        }
    }
    return place > 0;
}

void Caching::lost(std::uint16_t node) {
    node_of(node).tracked = false;
    guards_->drop(node);
}

Caching::Node& Caching::node_of(std::uint16_t node) {
    if (node >= nodes_.size()) nodes_.resize(node + 1u);
    return nodes_[node];
}

CacheFigures Caching::figures() const {
    CacheFigures figures{.invalidations = flushed_.load(std::memory_order_relaxed)};
    for (const auto& part : parts_) {
        const std::lock_guard lock(part->mutex);
        const cache::Tallies& tallies = part->shard.tallies();
        figures.hits += tallies.hits;
        figures.misses += tallies.misses;
        figures.invalidations += tallies.invalidations;
        figures.evictions += tallies.evictions;
        figures.keys += tallies.keys;
        figures.bytes += tallies.bytes;
    }
    return figures;
}

}  // namespace grapevine::client
