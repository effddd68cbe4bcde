#include <array>
#include <bit>
#include <grapevine/pool.h>
#include <mutex>
#include <new>

namespace grapevine::client {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t largest = 0;  // The sanitizer is to see every block come and go.
#else
constexpr std::size_t largest = 4096;
#endif
constexpr std::size_t smallest = 128;
constexpr std::size_t sizes = 6;  // 128, 256, ... 4096.
constexpr std::size_t batch = 64;

struct Free {
    Free* next;
};

struct List {
    Free* first = nullptr;
    std::size_t count = 0;

    void push(Free* block) {
        block->next = first;
        first = block;
        ++count;
    }
    Free* pop() {
        Free* block = first;
        first = block->next;
        --count;
        return block;
    }
};

std::size_t class_of(std::size_t size) {
    return size <= smallest ? 0 : static_cast<std::size_t>(std::bit_width((size - 1) / smallest));
}

// What threads have in excess: one may only take while another only gives.
struct Shared {
    std::mutex mutex;
    std::array<List, sizes> lists;

    void move(List& from, List& to, std::size_t most) {
        for (std::size_t i = 0; i < most && from.first != nullptr; ++i) to.push(from.pop());
    }
};

Shared& shared() {
    static Shared* const everybodys =
        new Shared;  // Never ends: threads may end after static objects.
    return *everybodys;
}

struct Own {
    std::array<List, sizes> lists;
    ~Own() {
        const std::lock_guard lock(shared().mutex);
        for (std::size_t i = 0; i < sizes; ++i)
            shared().move(lists[i], shared().lists[i], lists[i].count);
    }
};
thread_local Own own;

}  // namespace

void* take_block(std::size_t size) {
    if (size > largest) return ::operator new(size);
    const std::size_t index = class_of(size);
    List& list = own.lists[index];
    if (list.first == nullptr) {
        const std::lock_guard lock(shared().mutex);
        shared().move(shared().lists[index], list, batch);
    }
    return list.first != nullptr ? list.pop() : ::operator new(smallest << index);
}

void give_block(void* block, std::size_t size) noexcept {
    if (size > largest) return ::operator delete(block);
    const std::size_t index = class_of(size);
    List& list = own.lists[index];
    list.push(static_cast<Free*>(block));
    if (list.count < 4 * batch) return;
    const std::lock_guard lock(shared().mutex);
    shared().move(list, shared().lists[index], 2 * batch);
}

}  // namespace grapevine::client
