// The workers of a node in a cluster, with their clients, on loops that a test turns by hand.
#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "node/commands/families.h"
#include "node/io/socket.h"
#include "node/session/dispatcher.h"
#include "node/session/families.h"

namespace grapevine::node::test {

inline std::vector<std::span<const commands::Command>> all_families() {
    std::vector<std::span<const commands::Command>> families;
    for (const auto family : commands::key_families()) families.push_back(family);
    families.push_back(session::conversation_commands());
    families.push_back(session::transaction_commands());
    families.push_back(session::client_commands());
    return families;
}

// The client's end of a connection.
class Client {
public:
    explicit Client(session::Dispatcher& dispatcher) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        io::make_non_blocking(ends[0]);
        descriptor_ = ends[0];
        dispatcher.welcome(ends[1]);
    }
    ~Client() { ::close(descriptor_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view lines) const {
        REQUIRE(::write(descriptor_, lines.data(), lines.size()) ==
                static_cast<ssize_t>(lines.size()));
    }
    // What has come since; "(closed)" at its end when the node has closed the connection.
    std::string received() const {
        std::string all;
        std::array<char, 4096> bytes{};
        ssize_t count = 0;
        while ((count = ::read(descriptor_, bytes.data(), bytes.size())) > 0)
            all.append(bytes.data(), static_cast<std::size_t>(count));
        return count == 0 ? all + "(closed)" : all;
    }

private:
    int descriptor_;
};

// Node 0 of two, which owns all slots. Worker i keeps the slots whose number modulo `count` is i.
class Dispatchers {
public:
    explicit Dispatchers(unsigned count) {
        std::vector<journal::Journal::Worker> sources;
        for (unsigned i = 0; i < count; ++i) {
            workers_.push_back(std::make_unique<Worker>(i, count, table_, journal_, host_));
            auto& worker = *workers_.back();
            worker.loop.on_turn([&worker] { worker.dispatcher.begin_turn(); },
                                [this, &worker, i] {
                                    worker.dispatcher.end_turn();
                                    journal_.hand_over(i);
                                });
            worker.keeper.effects().listen(true);
            sources.push_back({&worker.loop, &worker.keeper.effects()});
            peers_.push_back(&worker.dispatcher);
        }
        journal_.attach(std::move(sources));
        for (auto* peer : peers_) {
            peer->set_peers(peers_);
            leases_.push_back(std::make_unique<session::Lease>());
            peer->set_lease(*leases_.back());
        }
        lease_until(for_ever);
        take_map(map());
    }

    static constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
    static std::int64_t now_us() { return io::Loop::read_monotonic_us(); }
    void lease_until(std::int64_t until_us) {
        for (auto& lease : leases_) lease->tell(until_us);
    }
    // In a node all have one. They do not look at it at the same time, though.
    session::Lease& lease_of(unsigned worker) { return *leases_[worker]; }
    session::Dispatcher& worker(unsigned index) { return *peers_[index]; }
    journal::Journal& journal() { return journal_; }

    static slots::Topology map() {
        slots::Topology map;
        map.nodes.resize(2);
        map.self = 0;
        map.owner.fill(0);
        map.serving = true;
        return map;
    }
    void take_map(const slots::Topology& map) {
        for (auto* peer : peers_)
            peer->set_topology(std::make_shared<const slots::Topology>(map), 0);
    }

    // Lets one worker do what has come for it, and no other.
    void turn(unsigned index) { turn(workers_[index]->loop); }
    void turn_journal() { turn(journal_loop_); }
    void turn_all() {
        for (int round = 0; round < 4; ++round) {
            for (auto& worker : workers_) turn(worker->loop);
            turn_journal();
        }
    }
    std::string ask(const Client& client, std::string_view lines) {
        client.send(lines);
        turn_all();
        return client.received();
    }
    // Of all workers.
    std::size_t keys() {
        std::size_t keys = 0;
        for (auto& worker : workers_) keys += worker->keeper.databases().size();
        return keys;
    }

private:
    struct NoHost : session::Host {
        Result<void> govern(session::Talk&) override { return Error{"ERR no node"}; }
        std::vector<session::NodeLink> links() override { return {}; }
        void cut(const session::NodeLink&) override {}
    };
    struct Worker {
        Worker(unsigned index, unsigned count, const session::CommandTable& table,
               journal::Journal& journal, session::Host& host)
            : keeper(index, count, 1, index + 1), dispatcher(loop, keeper, table, journal, host) {}
        io::Loop loop;
        commands::Keeper keeper;
        session::Dispatcher dispatcher;
    };

    // Once for what was posted and what clients have sent, once for the end of that turn.
    static void turn(io::Loop& loop) {
        for (int round = 0; round < 2; ++round) {
            loop.stop();
            loop.run();
        }
    }

    NoHost host_;
    const std::vector<std::span<const commands::Command>> families_ = all_families();
    session::CommandTable table_{families_};
    std::vector<std::unique_ptr<session::Lease>> leases_;  // By worker.
    io::Loop journal_loop_;
    journal::Journal journal_{journal_loop_, 1 << 20};
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<session::Dispatcher*> peers_;
};

}  // namespace grapevine::node::test
