#include "node/config/load.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "redis_7_0_parameters.h"

using namespace grapevine;
using namespace grapevine::node::config;

namespace {

using Disk = std::map<std::string, std::string>;

Result<Loaded> load_from(const Disk& disk, std::vector<std::string> arguments) {
    const Files files{
        .read = [&](const std::string& path) -> Result<std::string> {
            const auto found = disk.find(path);
            if (found == disk.end()) return Error{"no such file"};
            return found->second;
        },
        .match =
            [&](const std::string& pattern) {
                std::vector<std::string> paths;
                const std::string beginning = pattern.substr(0, pattern.find('*'));
                for (const auto& [path, text] : disk) {
                    if (path.starts_with(beginning)) paths.push_back(path);
                }
                return paths;
            },
    };
    return load(arguments, files);
}

Config config_of(const std::string& text) {
    auto loaded = load_from({{"redis.conf", text}}, {"redis.conf"});
    INFO((loaded ? "" : loaded.error().text));
    REQUIRE(loaded);
    return loaded->config;
}

std::string refusal_of(const std::string& text) {
    auto loaded = load_from({{"redis.conf", text}}, {"redis.conf"});
    REQUIRE_FALSE(loaded);
    return loaded.error().text;
}

Config config_of_options(std::vector<std::string> arguments) {
    auto loaded = load_from({}, std::move(arguments));
    INFO((loaded ? "" : loaded.error().text));
    REQUIRE(loaded);
    return loaded->config;
}

}  // namespace

TEST_CASE("comments, quotes, units and several values are read", "[config]") {
    const Config config = config_of(
        "# a comment\n\n"
        "  port 7001\r\n"
        "maxmemory 1gb\n"
        "proto-max-bulk-len 2M\n"
        "masterauth 'it\\'s'\n"
        "bind 127.0.0.1 -::1\n"
        "requirepass \"a\\x41 \\\"b\\\"\"\n"
        "unixsocketperm 770\n"
        "LogLevel WARNING\n"
        "cluster-node-timeout 2500");

    CHECK(config.port == 7001);
    CHECK(config.maxmemory == std::uint64_t{1} << 30);
    CHECK(config.proto_max_bulk_len == 2'000'000);
    CHECK(config.bind == std::vector<std::string>{"127.0.0.1", "-::1"});
    CHECK(config.masterauth == "it's");
    CHECK(config.requirepass == "aA \"b\"");
    CHECK(config.unixsocketperm == 0770);
    CHECK(config.loglevel == LogLevel::warning);
    CHECK(config.cluster_node_timeout == std::chrono::milliseconds(2500));
}

TEST_CASE("a line of blanks of whatever kind is empty", "[config]") {
    CHECK(config_of("\f\n \v \nport 7001\n").port == 7001);
}

TEST_CASE("the last value of a directive counts", "[config]") {
    CHECK(config_of("port 1\nport 2\n").port == 2);
    auto loaded = load_from({{"a.conf", "port 1\nhz 20\n"}}, {"a.conf", "--port", "3"});
    REQUIRE(loaded);
    CHECK(loaded->config.port == 3);
    CHECK(loaded->config.hz == 20);
    CHECK(loaded->file == "a.conf");
}

TEST_CASE("save points of several lines add up, and replace the default ones", "[config]") {
    using std::chrono::seconds;
    const std::vector<SavePoint> two{{seconds(900), 1}, {seconds(300), 10}};

    CHECK(Config{}.save.size() == 3);
    CHECK(config_of("save 900 1\nsave 300 10").save == two);
    CHECK(config_of("save 900 1 300 10").save == two);
    CHECK(config_of("save 5 5\nsave \"\"").save.empty());
    CHECK(config_of("save \"\"\nsave 900 1 300 10").save == two);
    CHECK(config_of_options({"--save", "900 1", "--save", "300", "10"}).save == two);
    CHECK(config_of_options({"--save", "--port", "1"}).save.empty());
    CHECK(config_of_options({"--save", ""}).save.empty());
}

TEST_CASE("save points of the command line replace those of the file", "[config]") {
    auto loaded = load_from({{"a.conf", "save 900 1"}}, {"a.conf", "--save", "5", "6"});

    REQUIRE(loaded);
    CHECK(loaded->config.save == std::vector<SavePoint>{{std::chrono::seconds(5), 6}});
}

TEST_CASE("output limits are set class by class", "[config]") {
    const Config config = config_of(
        "client-output-buffer-limit replica 1mb 2kb 3\n"
        "client-output-buffer-limit normal 1 2 3 pubsub 4 5 6\n");

    CHECK(config.client_output_buffer_limit.replica ==
          OutputLimit{1 << 20, 2 << 10, std::chrono::seconds(3)});
    CHECK(config.client_output_buffer_limit.normal == OutputLimit{1, 2, std::chrono::seconds(3)});
    CHECK(config.client_output_buffer_limit.pub_sub == OutputLimit{4, 5, std::chrono::seconds(6)});
}

TEST_CASE("the older names of directives work", "[config]") {
    const Config config =
        config_of("slaveof 10.0.0.7 6380\nslave-priority 7\nmin-slaves-to-write 2\n");

    CHECK(config.replicaof == PrimaryAddress{"10.0.0.7", 6380});
    CHECK(config.replica_priority == 7);
    CHECK(config.min_replicas_to_write == 2);
    CHECK_FALSE(config_of("replicaof 10.0.0.7 6380\nreplicaof no one\n").replicaof);
}

TEST_CASE("an option's first value may begin with dashes", "[config]") {
    CHECK(config_of_options({"--requirepass", "--secret", "--port", "1"}).requirepass ==
          "--secret");
}

TEST_CASE("a configuration comes from standard input", "[config]") {
    auto loaded = load_from({{"-", "port 12"}}, {"-", "--hz", "50"});

    REQUIRE(loaded);
    CHECK(loaded->config.port == 12);
    CHECK(loaded->config.hz == 50);
}

TEST_CASE("include puts another file's lines in its place", "[config]") {
    const Disk disk{{"main.conf", "port 1\ninclude conf.d/*\nhz 30\n"},
                    {"conf.d/a", "port 2\nhz 20\n"},
                    {"conf.d/b", "maxclients 5\n"}};

    auto loaded = load_from(disk, {"main.conf"});

    REQUIRE(loaded);
    CHECK(loaded->config.port == 2);
    CHECK(loaded->config.hz == 30);
    CHECK(loaded->config.maxclients == 5);
}

TEST_CASE("an include that fails names both files", "[config]") {
    CHECK(refusal_of("include gone.conf") == "redis.conf:1: cannot read 'gone.conf': no such file");
    CHECK_THAT(refusal_of("include redis.conf"), Catch::Contains("does it include itself?"));
}

TEST_CASE("an unknown directive is refused with its line and the nearest name", "[config]") {
    CHECK(refusal_of("port 1\nmaxmemroy 1gb\n") ==
          "redis.conf:2: unknown directive 'maxmemroy', did you mean 'maxmemory'?");
    auto loaded = load_from({}, {"--cluster-enable", "yes"});
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().text ==
          "command line: unknown directive 'cluster-enable', did you mean 'cluster-enabled'?");
}

TEST_CASE("bad values are refused with their line and the reason", "[config]") {
    CHECK(refusal_of("port 99999") ==
          "redis.conf:1: 'port 99999': argument must be between 0 and 65535 inclusive");
    CHECK(refusal_of("port 1 2") == "redis.conf:1: 'port 1 2': wrong number of arguments");
    CHECK(refusal_of("port") == "redis.conf:1: 'port': a value is missing");
    CHECK(refusal_of("daemonize maybe") ==
          "redis.conf:1: 'daemonize maybe': argument must be 'yes' or 'no'");
    CHECK(refusal_of("logfile 'open") == "redis.conf:1: unbalanced quotes in 'logfile 'open'");
    CHECK_THAT(refusal_of("maxmemory 1.5gb"), Catch::EndsWith("argument must be a memory value"));
    CHECK_THAT(refusal_of("save 900"), Catch::EndsWith("Invalid save parameters"));
    CHECK_THAT(refusal_of("replicaof host 0"), Catch::EndsWith("Invalid master port"));
    CHECK_THAT(refusal_of("dbfilename a/b"), Catch::EndsWith("can't be a path, just a filename"));
    CHECK_THAT(refusal_of("cluster-enabled yes\nreplicaof a 1"), Catch::Contains("cluster mode"));
    CHECK_THAT(refusal_of("cluster-enabled yes\nport 60000"), Catch::Contains("cluster-port"));
}

TEST_CASE("what is refused of a secret is not repeated", "[config]") {
    for (const std::string name : {"requirepass", "masterauth", "cluster-bus-key"}) {
        const std::string refused = refusal_of(name + " 'my secret");
        CHECK(refused == "redis.conf:1: unbalanced quotes in '" + name + "'");
    }
    CHECK(refusal_of("requirepass " + std::string(513, 'x')) ==
          "redis.conf:1: 'requirepass': Password is longer than 512 characters");
    CHECK_THAT(
        refusal_of("cluster-bus-key short"),
        Catch::StartsWith("redis.conf:1: 'cluster-bus-key': a key has 16 to 512 characters"));
}

TEST_CASE("the bus has keys of some length, and open peers by address", "[config]") {
    const std::string key = "0123456789abcdef";
    const Config config =
        config_of("cluster-bus-key " + key + "\ncluster-bus-open-peers 10.0.0.7 fd00::/8\n");

    CHECK(config.cluster_bus_key == key);
    CHECK(config.cluster_bus_open_peers == std::vector<std::string>{"10.0.0.7", "fd00::/8"});
    CHECK(config_of("cluster-bus-open-peers \"\"").cluster_bus_open_peers.empty());
    CHECK_THAT(refusal_of("cluster-bus-open-peers localhost"),
               Catch::Contains("'localhost' is neither an IP address nor a network"));
    CHECK_THAT(refusal_of("cluster-bus-key-previous " + key),
               Catch::EndsWith("is of no use without cluster-bus-key"));
}

TEST_CASE("seeds are places, and one that is none stops the start", "[config]") {
    CHECK(config_of("cluster-seeds a:7000 [::1]:7001@7002").cluster_seeds ==
          std::vector<std::string>{"a:7000", "[::1]:7001@7002"});
    CHECK(config_of("cluster-seeds a:7000\ncluster-seeds \"\"").cluster_seeds.empty());
    CHECK_THAT(
        refusal_of("cluster-seeds a:7000 b"),
        Catch::StartsWith("redis.conf:1: 'cluster-seeds a:7000 b': 'b': the port is missing; "
                          "a seed is host:port"));
    CHECK_THAT(refusal_of("cluster-seeds a:7000 \"\""), Catch::Contains("the port is missing"));
}

TEST_CASE("a promise that is not kept stops the start", "[config]") {
    CHECK(refusal_of("appendonly yes") ==
          "appendonly is not supported: there is no append-only file yet; remove it, or start with "
          "--accept-unsupported appendonly to go on without");
    CHECK_THAT(refusal_of("tls-port 6380"), Catch::Contains("not encrypted"));
    CHECK_THAT(refusal_of("rename-command FLUSHALL \"\"\nappendonly no"),
               Catch::Contains("rename-command"));
    CHECK_THAT(refusal_of("user joe on >pw ~* +@all"), Catch::Contains("user"));
    CHECK_THAT(refusal_of("maxmemory-policy allkeys-lru"), Catch::Contains("never evicted"));
}

TEST_CASE("a promise that is set to what is kept anyway is no obstacle", "[config]") {
    const Config config = config_of(
        "appendonly no\nmaxmemory-policy noeviction\ntls-port 0\n"
        "user default on nopass ~* &* +@all\n");

    CHECK(config == Config{});
}

TEST_CASE("the user can accept that promises are not kept", "[config]") {
    const Config config = config_of(
        "appendonly yes\nmaxmemory-policy allkeys-lru\n"
        "accept-unsupported appendonly\n"
        "accept-unsupported maxmemory-policy tls-port\n");

    CHECK(accepted_promises(config) == std::vector<std::string>{"appendonly", "maxmemory-policy"});
    CHECK_THAT(refusal_of("accept-unsupported apendonly"),
               Catch::Contains("did you mean 'appendonly'"));
}

TEST_CASE("tunings without effect are listed when they differ from the default", "[config]") {
    const Config config = config_of(
        "lfu-log-factor 20\nactiverehashing yes\n"
        "hash-max-ziplist-entries 5\n");

    CHECK(silent_tunings(config) ==
          std::vector<std::string>{"hash-max-listpack-entries", "lfu-log-factor"});
}

TEST_CASE("values are brought into their effective range", "[config]") {
    CHECK(config_of("hz 0").hz == 1);
    CHECK(config_of("hz 100000").hz == 500);
    CHECK(config_of("repl-backlog-size 1kb").repl_backlog_size == 16384);
}

TEST_CASE("every parameter of Redis 7.0 is known and has its default, but for one of ours",
          "[config]") {
    std::istringstream lines{std::string(redis_parameters)};
    const Config standard;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        const std::size_t blank = std::min(line.find(' '), line.size());
        const std::string name = line.substr(0, blank);
        INFO(name);
        const Row* row = find_row(name);
        REQUIRE(row != nullptr);
        if (name == "repl-diskless-sync-delay") continue;  // 0: see config.h.
        CHECK(row->print(*row, standard) == (blank < line.size() ? line.substr(blank + 1) : ""));
    }
}

TEST_CASE("every row reads back what it prints", "[config]") {
    for (const Row& row : rows()) {
        INFO(row.name);
        Config config;
        const std::string printed = row.print(row, config);
        const auto read = read_words(row, std::vector<std::string>{printed}, config);
        if (row.shape.check == nullptr) CHECK(read);
        CHECK(config == Config{});
    }
}

TEST_CASE("the configuration file that Debian ships is accepted", "[config]") {
    std::ifstream file("/etc/redis/redis.conf");
    if (!file) return;  // Not installed, or not for our eyes.
    std::ostringstream text;
    text << file.rdbuf();

    const Config config = config_of(text.str());

    CHECK(config.daemonize);
    CHECK(config.pidfile == "/run/redis/redis-server.pid");
    CHECK(config.logfile == "/var/log/redis/redis-server.log");
    CHECK(silent_tunings(config).empty());
}
