#include "node/bus/worker_watch.h"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::node;

namespace {

gossip::Instant at(int ms) {
    return gossip::Instant{gossip::Duration{ms}};
}

void run_once(io::Loop& loop) {
    loop.stop();
    loop.run();
}

constexpr gossip::Duration patience{1'000};

}  // namespace

TEST_CASE("a worker that does not answer for too long is noticed, until it answers", "[bus]") {
    io::Loop quick;
    io::Loop stuck;
    bus::WorkerWatch watch({&quick, &stuck});

    CHECK(watch.all_answer(at(0), patience));
    run_once(quick);
    CHECK(watch.all_answer(at(1'000), patience));
    run_once(quick);
    CHECK_FALSE(watch.all_answer(at(1'001), patience));

    run_once(stuck);
    CHECK(watch.all_answer(at(1'002), patience));
}

TEST_CASE("a worker that always answers never tires out anybody's patience", "[bus]") {
    io::Loop worker;
    bus::WorkerWatch watch({&worker});

    for (int ms = 0; ms < 10'000; ms += 900) {
        CHECK(watch.all_answer(at(ms), patience));
        run_once(worker);
    }
}
