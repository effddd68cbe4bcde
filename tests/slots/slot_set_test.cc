#include "slots/slot_set.h"

#include <catch2/catch.hpp>

using namespace grapevine::slots;

TEST_CASE("a slot set reads what it writes", "[slots]") {
    const auto set = SlotSet::parse("0-5460 9000, 16383");

    REQUIRE(set);
    CHECK(set->size() == 5463);
    CHECK(to_string(*set) == "0-5460 9000 16383");
}

TEST_CASE("neighbouring slots are written as one range", "[slots]") {
    SlotSet set;
    set.insert(Slot{7});
    set.insert(Slot{9});
    set.insert(Slot{8});

    CHECK(to_string(set) == "7-9");
    set.erase(Slot{8});
    CHECK(to_string(set) == "7 9");
}

TEST_CASE("what is no slot range is refused with the word that is wrong", "[slots]") {
    for (const auto* text : {"16384", "5-3", "x", "1-", "-1", "1-2-3", "0x10"}) {
        const auto set = SlotSet::parse(text);
        REQUIRE_FALSE(set);
        CHECK(set.error().text.find(text) != std::string::npos);
    }
}

TEST_CASE("the bitmap has slot n in bit n % 8 of byte n / 8", "[slots]") {
    SlotSet set;
    set.insert(Slot{0});
    set.insert(Slot{10});
    set.insert(Slot{16383});
    std::array<std::uint8_t, SlotSet::bitmap_size> bitmap{};

    set.to_bitmap(bitmap);

    CHECK(bitmap[0] == 0x01);
    CHECK(bitmap[1] == 0x04);
    CHECK(bitmap[2047] == 0x80);
    CHECK(SlotSet::from_bitmap(bitmap) == set);
}

TEST_CASE("all slots are 16384 and none are none", "[slots]") {
    CHECK(SlotSet::all().size() == 16384);
    CHECK(to_string(SlotSet::all()) == "0-16383");
    CHECK(SlotSet{}.empty());
    CHECK(to_string(SlotSet{}).empty());
}
