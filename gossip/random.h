// Chance, made from a seed: the same seed gives the same choices on every machine.
#pragma once

#include <cstdint>

#include "slots/identity.h"

namespace grapevine::gossip {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {  // splitmix64
        std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
    // `limit` is at least 1. The bias is far below anything that matters here.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

    template <typename Id>
    Id id() {
        std::string digits;
        while (digits.size() < Id::size) digits += "0123456789abcdef"[next() >> 60];
        return *Id::parse(digits);
    }

private:
    std::uint64_t state_;
};

}  // namespace grapevine::gossip
