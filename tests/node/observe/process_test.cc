#include "node/observe/process.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace grapevine::node::observe;

TEST_CASE("memory in use grows with what is touched", "[observe]") {
    constexpr std::size_t size = 32 << 20;
    const auto before = resident_bytes();

    const std::vector<char> touched(size, 'x');

    CHECK(touched.back() == 'x');
    CHECK(resident_bytes() >= before + size / 2);
    CHECK(resident_bytes() < physical_bytes());
}

TEST_CASE("a turn is measured by the CPU time of its thread", "[observe]") {
    TurnClock clock;
    clock.begin();
    const auto start = thread_cpu_time();

    volatile std::uint64_t work = 0;
    while (clock.microseconds_since_begin() < 2000) work = work + 1;

    const auto end = thread_cpu_time();
    CHECK(end.user + end.system > start.user + start.system);
}
