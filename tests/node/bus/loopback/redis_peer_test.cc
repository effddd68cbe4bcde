// The other end of the bus is a real Redis here, where one is installed.
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <sys/wait.h>

#include "node/io/file.h"
#include "tests/node/bus/loopback/running_bus.h"

using namespace grapevine;
using namespace grapevine::node;
using bus::run_until;
using bus::RunningBus;

namespace {

constexpr const char* redis_server = "/usr/bin/redis-server";

// A redis-server 7.0 in cluster mode, in a folder of its own.
class Redis {
public:
    Redis() : port_(bus::free_port()), bus_port_(bus::free_port()), process_(fork()) {
        if (process_ != 0) return;
        const std::string port = std::to_string(port_);
        const std::string bus_port = std::to_string(bus_port_);
        const std::string log = log_file();
        const std::string folder = folder_.file("");
        execl(redis_server, redis_server, "--port", port.c_str(), "--cluster-port",
              bus_port.c_str(), "--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
              "--dir", folder.c_str(), "--logfile", log.c_str(), "--save", "", nullptr);
        _exit(127);
    }
    ~Redis() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    Redis(const Redis&) = delete;
    Redis& operator=(const Redis&) = delete;

    // What redis-cli prints.
    std::string ask(const std::string& command) const {
        const std::string line = "redis-cli -p " + std::to_string(port_) + ' ' + command + " 2>&1";
        std::FILE* pipe = popen(line.c_str(), "r");
        std::string text;
        std::array<char, 4096> buffer;
        while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
            text.append(buffer.data(), count);
        }
        pclose(pipe);
        return text;
    }
    std::string log() const { return *io::read_file(log_file()); }
    gossip::Meet address() const { return {"127.0.0.1", port_, bus_port_}; }

private:
    std::string log_file() const { return folder_.file("redis.log"); }

    bus::TemporaryFolder folder_;
    std::uint16_t port_;
    std::uint16_t bus_port_;
    pid_t process_;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a Redis takes us for one of its own", "[bus]") {
    if (!io::file_exists(redis_server)) {
        WARN("no redis-server here: not tested");
        return;
    }
    const Redis redis;
    io::Loop loop;
    RunningBus ours(loop, 5, gossip::Duration{1'000});
    run_until(loop, [&] { return contains(redis.ask("ping"), "PONG"); });

    redis.ask("cluster addslotsrange 0 8191");
    ours.obey(gossip::AddSlots{*slots::SlotSet::parse("8192-16383")});
    ours.obey(redis.address());
    run_until(loop, [&] { return contains(redis.ask("cluster info"), "cluster_state:ok"); });
    run_until(loop, [&] { return ours.topology().serving; });

    const std::string id{ours.id().text()};
    const std::string nodes = redis.ask("cluster nodes");
    const std::string line = nodes.substr(nodes.find(id), nodes.find('\n', nodes.find(id)));
    CHECK(contains(line, ":5@" + std::to_string(ours.port()) + " master - "));
    CHECK(contains(line, " connected 8192-16383"));
    CHECK_FALSE(contains(line, "fail"));
    CHECK_FALSE(contains(redis.log(), "Ignoring"));
    CHECK_FALSE(contains(redis.log(), "Received unknown"));
}
