// What the figures are made of, on a small cluster.
#include "tests/sim/figures.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"
#include "gossip/packing.h"
#include "tests/sim/crowd.h"

using namespace grapevine::sim;
namespace gossip = grapevine::gossip;

namespace {

Setup six_nodes() {
    Setup setup;
    setup.clients = 0;
    setup.host_evidence = 1;
    return setup;
}

// Counts by itself what every core has sent, with the codec and packers of its own.
class Counter final : public Check {
public:
    Counter(World& watched, std::vector<Traffic>& into) : Check(watched), into_(into) {}
    void before(const Turn& turn) override {
        if (turn.kind == Turn::Kind::message) end(turn.machine, turn.link).heard = true;
    }
    void sent(const Machine& machine, const gossip::Send& it, const NodeId&) override {
        End& sender = end(machine, it.link);
        const auto frame = sender.packer.pack(gossip::encode(it.message), sender.heard);
        into_[machine.number].said(frame.size());
    }

private:
    struct End {
        gossip::Packer packer;
        bool heard = false;  // That the peer reads packed frames.
    };
    End& end(const Machine& machine, gossip::LinkId link) { return ends_[{machine.number, link}]; }

    std::vector<Traffic>& into_;
    std::map<std::pair<std::size_t, gossip::LinkId>, End> ends_;
};

}  // namespace

TEST_CASE("a crowd is founded, serves and agrees", "[figures]") {
    Crowd crowd(six_nodes());

    REQUIRE(crowd.settle());

    for (const Machine& machine : crowd.world().machines) {
        CHECK(machine.belief().members.size() == 6);
        CHECK(machine.belief().members.voters() == 3);
        CHECK(machine.belief().members.quorum() == 2);
    }
}

TEST_CASE("what is counted is the size of the packed frames that the cores have sent",
          "[figures]") {
    Crowd crowd(six_nodes());
    World& world = crowd.world();
    std::vector<Traffic> all(6);
    world.checks.push_back(std::make_unique<Counter>(world, all));  // Packers see every frame.
    REQUIRE(crowd.settle());
    const std::vector<Traffic> settled = all;
    std::vector<Traffic> before;
    for (std::size_t i = 0; i < 6; ++i) before.push_back(world.network.traffic(i));

    world.run_until(world.scheduler.now() + 20s);

    for (std::size_t i = 0; i < 6; ++i) {
        const Traffic sent = world.network.traffic(i) - before[i];
        const Traffic counted = all[i] - settled[i];
        CHECK(sent.messages == counted.messages);
        CHECK(sent.bytes == counted.bytes);
        CHECK(sent.bytes > 20 * sent.messages);
    }
}

TEST_CASE("headers and acknowledgements are counted for every segment", "[figures]") {
    Traffic asking, answering;

    asking.said(100);
    answering.heard(100, true);
    answering.said(3'000);
    asking.heard(3'000, false);

    CHECK(asking.on_the_wire() == 100 + 66 + 2 * 66);
    CHECK(answering.on_the_wire() == 3'000 + 3 * 66);
}

TEST_CASE("figures tell how a loss was noticed and mended", "[figures]") {
    const auto figures = take_figures({.nodes = 10, .node_timeout_ms = 5'000});

    REQUIRE(figures);
    CHECK(figures->peace.bytes.median > 0);
    CHECK(figures->peace.wire.median > figures->peace.bytes.median);
    CHECK(figures->peace.bytes.most >= figures->peace.bytes.median);
    for (const LossFigures& loss : {figures->crash, figures->host, *figures->half}) {
        REQUIRE(loss.served);
        CHECK(loss.noticed <= loss.failed);
        CHECK(loss.failed <= loss.served);
    }
    CHECK(figures->crash.served < Time{3s});
    CHECK(figures->half->served < Time{500ms});
}

TEST_CASE("Redis's formula is the one that is documented", "[figures]") {
    const RedisFormula six = redis_formula(6, 15'000);
    CHECK(six.messages == Approx(3.33).epsilon(0.01));
    CHECK(six.message_bytes == 2256 + 104 * 3 + 48);
    CHECK(redis_formula(1'000, 15'000).messages == Approx(268).epsilon(0.01));
    CHECK(redis_formula(1'000, 1'000).messages == Approx(4'000).epsilon(0.01));
}
