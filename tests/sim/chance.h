// Independent streams of chance: what one part of the simulator draws never shifts another's.
#pragma once

#include <cstdint>
#include <string_view>

#include "gossip/random.h"

namespace grapevine::sim {

class Chance {
public:
    Chance(std::uint64_t seed, std::string_view name) : random_(mixed(seed, name)) {}

    std::uint64_t next() { return random_.next(); }
    // Both ends included; `most` is not below `least`.
    std::int64_t between(std::int64_t least, std::int64_t most) {
        const auto span = static_cast<std::uint64_t>(most - least);
        return least + static_cast<std::int64_t>(random_.below(span + 1));
    }
    std::size_t below(std::size_t limit) { return random_.below(limit); }
    bool happens(std::int64_t per_mille) { return between(0, 999) < per_mille; }

private:
    static std::uint64_t mixed(std::uint64_t seed, std::string_view name) {
        std::uint64_t sum = 0xcbf29ce484222325;  // FNV-1a
        for (const char c : name) sum = (sum ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
        return gossip::Random(seed ^ sum).next();
    }

    gossip::Random random_;
};

}  // namespace grapevine::sim
