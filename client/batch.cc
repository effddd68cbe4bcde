#include <algorithm>
#include <grapevine/batch.h>

#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

constexpr std::size_t block_size = 4096;

constexpr std::size_t aligned(std::size_t size) {
    constexpr std::size_t unit = alignof(std::max_align_t);
    return (size + unit - 1) / unit * unit;
}

}  // namespace

struct alignas(std::max_align_t) Batch::Block {
    Block* next;
    std::size_t size;
    std::size_t used;
};

Batch::~Batch() {
    clear();
    while (blocks_ != nullptr) {
        Block* next = blocks_->next;
        give_block(blocks_, blocks_->size);
        blocks_ = next;
    }
}

void* Batch::take(std::size_t size) {
    size = aligned(size);
    if (blocks_ == nullptr || blocks_->size - blocks_->used < size) {
        const std::size_t whole = std::max(block_size, aligned(sizeof(Block)) + size);
        blocks_ = new (take_block(whole)) Block{blocks_, whole, aligned(sizeof(Block))};
    }
    char* at = reinterpret_cast<char*>(blocks_) + blocks_->used;
    blocks_->used += size;
    return at;
}

void Batch::link(BatchPart& part) {
    (last_ == nullptr ? first_ : last_->next_) = &part;
    last_ = &part;
    ++size_;
}

void Batch::set_patience(Duration patience) {
    for (BatchPart* part = first_; part != nullptr; part = part->next_) part->patience = patience;
}

void Batch::set_from(ReadFrom where) {
    for (BatchPart* part = first_; part != nullptr; part = part->next_)
        part->request.facts().from = where;
}

// One hand-over for all of them: the engine's thread alone counts them down. The count is one more
// than there are, since on that thread itself a part may end while others have not begun.
void Batch::start(Engine& engine, Listener& listener) {
    listener_ = &listener;
    if (size_ == 0) return listener.all_ended();
    if (Caching* cache = engine.caching(); cache != nullptr)
        for (BatchPart* part = first_; part != nullptr; part = part->next_)
            cache->begin_write(*part);
    if (!engine.on_thread()) {
        left_ = size_;
        first_->waited_for = listener.waits;
        for (BatchPart* part = first_; part->next_ != nullptr; part = part->next_) {
            part->next_->next_in_inbox = part;
            part->next_->waited_for = listener.waits;
        }
        return engine.start_all(*last_, *first_);
    }
    left_ = size_ + 1;
    for (BatchPart* part = first_; part != nullptr;) {
        BatchPart* next = part->next_;
        engine.start(*part);
        part = next;
    }
    part_ended();
}

void Batch::clear() {
    for (BatchPart* part = first_; part != nullptr;) {
        BatchPart* next = part->next_;
        part->~BatchPart();
        part = next;
    }
    first_ = last_ = nullptr;
    size_ = 0;
    for (Block* block = blocks_; block != nullptr && block->next != nullptr;) {
        blocks_ = block->next;
        give_block(block, block->size);
        block = blocks_;
    }
    if (blocks_ != nullptr) blocks_->used = aligned(sizeof(Block));
}

void Batch::part_ended() {
    if (--left_ == 0) listener_->all_ended();
}

void Batch::wait_for_room(Engine& engine) {
    if (!engine.on_thread()) engine.wait_for_room();
}

void BatchPart::ended() {
    batch_.part_ended();
}

}  // namespace grapevine::client
