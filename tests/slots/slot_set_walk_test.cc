#include "slots/slot_set.h"

namespace grapevine::slots {

TEST_CASE("a slot set names its next member, from any number on", "[slots]") {
    SlotSet set;
    for (const std::uint16_t number : {3, 63, 64, 16383}) set.insert(Slot{number});

    std::vector<int> seen;
    for (auto slot = set.first_from(0); slot; slot = set.first_from(slot->number + 1u)) {
        seen.push_back(slot->number);
    }

    CHECK(seen == std::vector<int>{3, 63, 64, 16383});
    CHECK(set.first_from(65)->number == 16383);
    CHECK_FALSE(set.first_from(16384));
    CHECK_FALSE(SlotSet().first_from(0));
}

TEST_CASE("sets of slots are joined, cut and taken away", "[slots]") {
    const SlotSet low = *SlotSet::parse("0-99");
    const SlotSet middle = *SlotSet::parse("50-149 16383");

    SlotSet either = low;
    either |= middle;

    CHECK(to_string(either) == "0-149 16383");
    CHECK(to_string(low & middle) == "50-99");
    CHECK(to_string(low - middle) == "0-49");
    CHECK((low - low).empty());
}

}  // namespace grapevine::slots
