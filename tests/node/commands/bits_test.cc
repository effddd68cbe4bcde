#include "node/commands/bits.h"

#include <catch2/catch.hpp>
#include <random>

using namespace grapevine::node::commands;

TEST_CASE("counting and finding bits agrees with looking at each bit", "[commands]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        std::string bytes(1 + random() % 40, random() % 2 == 0 ? '\0' : '\xff');
        for (auto left = random() % 4; left > 0; --left)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        BitRange range{random() % (bytes.size() * 8), random() % (bytes.size() * 8 + 1)};
        if (range.begin > range.end) std::swap(range.begin, range.end);
        CAPTURE(bytes, range.begin, range.end);

        std::uint64_t count = 0;
        std::optional<std::uint64_t> first_set;
        std::optional<std::uint64_t> first_clear;
        for (auto at = range.begin; at < range.end; ++at) {
            auto& first = bit_at(bytes, at) ? first_set : first_clear;
            if (!first) first = at;
            count += bit_at(bytes, at) ? 1 : 0;
        }

        CHECK(count_bits(bytes, range) == count);
        CHECK(find_bit(bytes, range, true) == first_set);
        CHECK(find_bit(bytes, range, false) == first_clear);
    }
}

TEST_CASE("a field reads back what was written, and its neighbours stay", "[commands]") {
    std::string bytes(12, '\x5a');
    const std::string before = bytes;

    write_field(bytes, 13, 63, 0x1234'5678'9abc'def0);

    CHECK(read_field(bytes, 13, 63) == 0x1234'5678'9abc'def0);
    CHECK(read_field(bytes, 0, 13) == read_field(before, 0, 13));
    CHECK(read_field(bytes, 76, 20) == read_field(before, 76, 20));
    CHECK(read_field(bytes, 1000, 8) == 0);
}
