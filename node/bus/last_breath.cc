#include "node/bus/last_breath.h"

#include <array>
#include <atomic>
#include <sys/socket.h>
#include <utility>

namespace grapevine::node::bus {
namespace {

constexpr int free_place = 0;  // Places hold a descriptor plus one, so that zeros mean free.
std::array<std::atomic<int>, 4096> places{};

}  // namespace

LastBreath::LastBreath(int descriptor) {
    for (std::size_t i = 0; i < places.size(); ++i) {
        int expected = free_place;
        if (!places[i].compare_exchange_strong(expected, descriptor + 1)) continue;
        place_ = static_cast<int>(i);
        return;
    }
}

LastBreath::LastBreath(LastBreath&& other) noexcept : place_(std::exchange(other.place_, -1)) {}

LastBreath& LastBreath::operator=(LastBreath&& other) noexcept {
    std::swap(place_, other.place_);
    return *this;
}

LastBreath::~LastBreath() {
    if (place_ >= 0) places[static_cast<std::size_t>(place_)].store(free_place);
}

void shut_bus_sockets() noexcept {
    for (auto& place : places) {
        const int held = place.load();
        if (held != free_place) ::shutdown(held - 1, SHUT_RDWR);
    }
}

}  // namespace grapevine::node::bus
