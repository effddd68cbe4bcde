// What the figures are made of, on a small cluster.
#include "tests/sim/figures.h"

#include <catch2/catch.hpp>

#include "gossip/codec.h"
#include "gossip/packing.h"
#include "gossip/view.h"
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

TEST_CASE("machines among ghosts know all nodes, serve and have nothing to whisper about",
          "[figures]") {
    Setup setup = six_nodes();
    setup.ghosts = 14;
    Crowd crowd(setup);

    REQUIRE(crowd.settle());
    crowd.world().run_until(crowd.world().scheduler.now() + 5s);

    CHECK(crowd.world().machines.size() == 6);
    for (const Machine& machine : crowd.world().machines) {
        const gossip::Core& core = machine.belief();
        CHECK(core.members.size() == 20);
        CHECK(core.members.voters() == 10);
        std::size_t agree = 0;
        core.members.for_each([&](const gossip::Member& member) {
            agree += gossip::sees_the_same(core, member) && member.link_up ? 1 : 0;
        });
        CHECK(agree == 19);
    }
}

TEST_CASE("a cluster with ghosts costs and mends as one of cores", "[figures]") {
    const std::int64_t timeout_ms = GENERATE(1'000, 5'000);
    const FiguresWish wish{.nodes = 24, .node_timeout_ms = timeout_ms};
    FiguresWish with_ghosts = wish;
    with_ghosts.real = 8;

    const auto whole = take_figures(wish);
    const auto sampled = take_figures(with_ghosts);

    REQUIRE(whole);
    REQUIRE(sampled);
    CHECK(whole->real == 24);
    CHECK(sampled->real == 8);
    const auto is_like = [](double value) { return Approx(value).epsilon(0.1); };
    CHECK(sampled->peace.messages.median == is_like(whole->peace.messages.median));
    CHECK(sampled->peace.bytes.median == is_like(whole->peace.bytes.median));
    CHECK(sampled->peace.wire.median == is_like(whole->peace.wire.median));
    REQUIRE(sampled->crash.served);
    CHECK(*sampled->crash.served < *whole->crash.served + 20ms);
    REQUIRE(sampled->host.served);
    // As long as two ticks and how long ago the lost one has asked last.
    const auto apart = std::chrono::abs(*sampled->host.served - *whole->host.served);
    CHECK(apart < Time{500ms});
}

TEST_CASE("Redis's formula is the one that is documented", "[figures]") {
    const RedisFormula six = redis_formula(6, 15'000);
    CHECK(six.messages == Approx(3.33).epsilon(0.01));
    CHECK(six.message_bytes == 2256 + 104 * 3 + 48);
    CHECK(redis_formula(1'000, 15'000).messages == Approx(268).epsilon(0.01));
    CHECK(redis_formula(1'000, 1'000).messages == Approx(4'000).epsilon(0.01));
}
