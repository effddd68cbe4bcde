#include "node/session/dispatcher.h"

#include <array>
#include <catch2/catch.hpp>
#include <future>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

#include "node/commands/families.h"

using namespace grapevine;
using namespace grapevine::node;

namespace {

struct NoHost : session::Host {
    Result<void> govern(session::Talk&) override { return {}; }
    std::vector<session::NodeLink> links() override { return {}; }
    void cut(const session::NodeLink&) override {}
};

// One worker that owns all slots, by the map.
class OneWorker {
public:
    OneWorker() {
        journal_.attach({{&loop_, &keeper_.effects()}});
        dispatcher_.set_peers({&dispatcher_});
        loop_.on_turn([this] { dispatcher_.begin_turn(); }, [this] { dispatcher_.end_turn(); });
    }
    ~OneWorker() {
        loop_.stop();
        thread_.join();
    }
    OneWorker(const OneWorker&) = delete;
    OneWorker& operator=(const OneWorker&) = delete;

    void start() {
        auto map = std::make_shared<slots::Topology>();
        map->nodes.resize(1);
        map->self = 0;
        map->owner = slots::Topology::filled_with(0);
        map->serving = true;
        dispatcher_.set_topology(std::move(map), 0);
        thread_ = std::thread([this] { loop_.run(); });
    }
    void post(io::Task task) { loop_.post(std::move(task)); }
    commands::Keeper& keeper() { return keeper_; }
    session::Dispatcher& dispatcher() { return dispatcher_; }

private:
    io::Loop loop_;
    io::Loop journal_loop_;
    journal::Journal journal_{journal_loop_, 1 << 20};
    commands::Keeper keeper_{0, 1, 1, 1};
    session::CommandTable table_{commands::key_families()};
    NoHost host_;
    session::Dispatcher dispatcher_{loop_, keeper_, table_, journal_, host_};
    std::thread thread_;
};

class Client {
public:
    explicit Client(OneWorker& worker) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        socket_ = ends[0];
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        worker.dispatcher().welcome(ends[1]);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(const std::string& request) const {
        REQUIRE(::write(socket_, request.data(), request.size()) ==
                static_cast<ssize_t>(request.size()));
    }
    std::string reply() const { return receive(0); }
    std::string reply_so_far() const { return receive(MSG_DONTWAIT); }

private:
    std::string receive(int flags) const {
        std::array<char, 1024> bytes{};
        const auto size = ::recv(socket_, bytes.data(), bytes.size(), flags);
        return size <= 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(size));
    }

    int socket_ = -1;
};

}  // namespace

TEST_CASE("writes wait until all who hold them have let go", "[session]") {
    OneWorker worker;
    worker.start();
    const Client writer(worker);
    const Client reader(worker);
    const auto hold = [&](session::Holder holder, bool on) {
        std::promise<void> done;
        worker.post([&] {
            worker.dispatcher().hold_writes(holder, on);
            done.set_value();
        });
        done.get_future().wait();
    };
    writer.send("GET key\r\n");
    CHECK(writer.reply() == "$-1\r\n");
    hold(session::Holder::failover, true);
    hold(session::Holder::reload, true);

    writer.send("SET key value\r\n");
    hold(session::Holder::reload, false);
    reader.send("GET key\r\n");
    CHECK(reader.reply() == "$-1\r\n");
    CHECK(writer.reply_so_far() == "");

    hold(session::Holder::failover, false);
    CHECK(writer.reply() == "+OK\r\n");
}

TEST_CASE("a new primary holds writes until they are recorded", "[session]") {
    OneWorker worker;
    worker.keeper().set_replica(true);
    worker.start();
    const Client writer(worker);
    const Client reader(worker);

    writer.send("GET key\r\n");
    CHECK(writer.reply() == "$-1\r\n");
    writer.send("SET key value\r\n");
    reader.send("GET key\r\n");
    CHECK(reader.reply() == "$-1\r\n");
    CHECK(writer.reply_so_far() == "");

    worker.post([&] {
        worker.keeper().set_replica(false);
        worker.dispatcher().retry_held();
    });
    CHECK(writer.reply() == "+OK\r\n");
}
