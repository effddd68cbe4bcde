#include "client/engine/helm.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace grapevine::client;

namespace {

const auto needed = [] { return true; };
const auto not_needed = [] { return false; };

}  // namespace

TEST_CASE("the own thread steers until it rests", "[engine]") {
    Helm helm;
    CHECK_FALSE(helm.vacant());
    CHECK_FALSE(helm.try_take());
    helm.rest(needed);
    CHECK_FALSE(helm.vacant());
    CHECK_FALSE(helm.try_take());
}

TEST_CASE("the own thread comes back when nobody steers for a while", "[engine]") {
    Helm helm;
    const auto began = std::chrono::steady_clock::now();
    helm.rest(not_needed);
    CHECK_FALSE(helm.vacant());
    CHECK(std::chrono::steady_clock::now() - began >= Helm::patience);
}

TEST_CASE("who leaves with something left to do calls the own thread", "[engine]") {
    Helm helm;
    std::atomic<bool> rests = true;
    std::thread own([&] {
        helm.rest(not_needed);
        rests = false;
    });
    while (!helm.try_take()) std::this_thread::yield();
    CHECK_FALSE(helm.vacant());
    CHECK_FALSE(helm.try_take());
    CHECK(rests);
    helm.leave(needed);
    own.join();
    CHECK_FALSE(helm.try_take());
}

TEST_CASE("a call while another steers is answered when that one leaves", "[engine]") {
    Helm helm;
    std::thread own([&] { helm.rest(not_needed); });
    while (!helm.try_take()) std::this_thread::yield();
    helm.call();
    helm.leave(not_needed);
    CHECK_FALSE(helm.try_take());
    own.join();
}

TEST_CASE("one steers at a time, and each sees what the one before did", "[engine]") {
    constexpr int turns = 2'000;
    Helm helm;
    int done = 0;  // Guarded by the helm alone.
    std::atomic<bool> over = false;
    std::thread own([&] {
        while (!over) {
            ++done;
            helm.rest(not_needed);
        }
    });
    std::atomic<int> by_others = 0;
    const auto steer = [&] {
        while (by_others < turns) {
            if (!helm.try_take()) {
                std::this_thread::yield();
                continue;
            }
            ++done;
            const bool calls = ++by_others % 7 == 0;
            helm.leave([&] { return calls; });
        }
    };
    std::thread a(steer), b(steer);
    a.join();
    b.join();
    over = true;
    own.join();
    CHECK(done > turns);
}
