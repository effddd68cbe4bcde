#include "node/replication/replication.h"

#include <catch2/catch.hpp>
#include <future>

#include "tests/node/workers_fixture.h"

using namespace grapevine::node;
using replication::Replication;
using test::Workers;

namespace {

std::vector<Replication::Worker> followers(Workers& workers) {
    std::vector<Replication::Worker> followers;
    for (auto* keeper : workers.keepers()) {
        followers.push_back({keeper, [](const replication::Standing&) {}});
    }
    return followers;
}

// Nobody listens there.
Replication::Target target(std::uint16_t port) {
    return {.host = "127.0.0.1", .port = port};
}

}  // namespace

TEST_CASE("a deposed primary follows nobody before all workers have stopped", "[replication]") {
    Workers workers(2);
    Replication replication(workers.journal(), followers(workers), test::lookup, {});
    replication.begin(replication::Role::primary, {}, {}, {});
    std::promise<void> release;
    std::string before;
    std::string after;
    const auto followed = [&] {
        const auto link = replication.status().link.value_or(replication::LinkStatus{});
        return std::string(link.state) + ' ' + std::to_string(link.port);
    };

    workers.run([&] {
        workers.journal().on_worker(1, [&] { release.get_future().wait(); });
        replication.follow(target(1));
        replication.follow(target(2), [&] { after = followed(); });
        workers.loop().post([&] {
            before = followed();
            release.set_value();
            workers.journal().barrier({},
                                      [&](auto) { replication.stop([&] { workers.finish(); }); });
        });
    });

    CHECK(before.find("connecting") == std::string::npos);
    CHECK(after == "connecting 2");
}
