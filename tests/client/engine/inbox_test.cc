#include "client/engine/inbox.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace grapevine::client;

namespace {

struct Item {
    Item* next_in_inbox = nullptr;
    int writer = 0;
    int number = 0;
};

}  // namespace

TEST_CASE("what is put in comes out in the same order, and once", "[engine]") {
    Inbox<Item> inbox;
    Item a, b;
    CHECK(inbox.empty());
    inbox.put(a);
    inbox.put(b);
    CHECK_FALSE(inbox.empty());
    CHECK(inbox.take_all() == &a);
    CHECK(a.next_in_inbox == &b);
    CHECK(b.next_in_inbox == nullptr);
    CHECK(inbox.take_all() == nullptr);
}

TEST_CASE("what many threads put in comes out once, each thread's in its order", "[engine]") {
    constexpr int writers = 4;
    constexpr int items = 20'000;
    Inbox<Item> inbox;
    std::vector<std::vector<Item>> all(writers, std::vector<Item>(items));
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            for (int i = 0; i < items; ++i) {
                Item& item = all[static_cast<std::size_t>(writer)][static_cast<std::size_t>(i)];
                item.writer = writer;
                item.number = i;
                inbox.put(item);
            }
        });
    }
    std::vector<int> expected(writers, 0);
    int taken = 0;
    bool in_order = true;
    while (taken < writers * items) {
        for (Item* item = inbox.take_all(); item != nullptr; item = item->next_in_inbox) {
            in_order &= item->number == expected[static_cast<std::size_t>(item->writer)]++;
            ++taken;
        }
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(in_order);
}
