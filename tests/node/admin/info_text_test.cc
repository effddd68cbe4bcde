#include "node/admin/info_text.h"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "redis_7_0_info.h"

using namespace grapevine::node;
using namespace grapevine::node::admin;

namespace {

std::string info(const InfoFacts& facts, std::vector<std::string_view> sections = {}) {
    return info_text(facts, sections);
}

std::vector<std::string> headings(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# ")) found.push_back(line.substr(2, line.size() - 3));
    }
    return found;
}

std::set<std::string> fields(const std::string& text) {
    std::set<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(':') != line.npos) found.insert(line.substr(0, line.find(':')));
    }
    return found;
}

InfoFacts replica() {
    InfoFacts facts;
    facts.replication.primary = PrimaryLinkFacts{.host = "10.0.0.7", .port = 7001};
    return facts;
}

}  // namespace

TEST_CASE("INFO has the fields that Redis's has", "[admin]") {
    // Nobody counts these here, and a made-up number would mislead.
    const std::set<std::string> not_counted{"dump_payload_sanitizations",
                                            "expire_cycle_cpu_milliseconds",
                                            "expired_stale_perc",
                                            "expired_time_cap_reached_count",
                                            "instantaneous_input_repl_kbps",
                                            "instantaneous_output_repl_kbps",
                                            "io_threaded_reads_processed",
                                            "io_threaded_writes_processed",
                                            "reply_buffer_expands",
                                            "reply_buffer_shrinks",
                                            "total_reads_processed",
                                            "total_writes_processed"};

    const auto ours = fields(info(replica()));

    std::istringstream redis{std::string(redis_info_fields)};
    for (std::string field; redis >> field;) {
        INFO(field);
        CHECK(ours.contains(field) != not_counted.contains(field));
    }
}

TEST_CASE("fields of our own are called grapevine_*, or have the name of a later Redis",
          "[admin]") {
    std::set<std::string> known{"client_query_buffer_limit_disconnections",
                                "client_output_buffer_limit_disconnections"};
    std::istringstream redis{std::string(redis_info_fields)};
    for (std::string field; redis >> field;) known.insert(field);

    for (const auto& field : fields(info(replica()))) {
        INFO(field);
        CHECK((known.contains(field) || field.starts_with("grapevine_")));
    }
}

TEST_CASE("INFO prints the sections that were asked for, in Redis's order", "[admin]") {
    const InfoFacts facts;
    using Headings = std::vector<std::string>;
    const Headings standard{"Server",     "Clients",     "Memory",  "Persistence",
                            "Stats",      "Replication", "CPU",     "Modules",
                            "Errorstats", "Cluster",     "Keyspace"};

    CHECK(headings(info(facts)) == standard);
    CHECK(headings(info(facts, {"default"})) == standard);
    CHECK(headings(info(facts, {"all"})).size() == 13);
    CHECK(headings(info(facts, {"Everything"})).size() == 13);
    CHECK(headings(info(facts, {"cpu", "SERVER", "server"})) == Headings{"Server", "CPU"});
    CHECK(info(facts, {"nonsense"}).empty());
}

TEST_CASE("clients read the version, the role and whether there is a cluster", "[admin]") {
    InfoFacts facts = replica();
    facts.server.cluster = true;

    const std::string text = info(facts);

    CHECK_THAT(text, Catch::StartsWith("# Server\r\nredis_version:7.2.4\r\n"));
    CHECK_THAT(text, Catch::Contains("\r\nredis_mode:cluster\r\n"));
    CHECK_THAT(text, Catch::Contains("\r\n\r\n# Cluster\r\ncluster_enabled:1\r\n"));
    CHECK_THAT(text, Catch::Contains("\r\ngrapevine_bus_authenticated:no\r\n"
                                     "grapevine_bus_open_links:0\r\n"));
    CHECK_THAT(text, Catch::Contains("\r\ngrapevine_last_detection_ms:0\r\n"));
    CHECK_THAT(text,
               Catch::Contains("\r\nrole:slave\r\nmaster_host:10.0.0.7\r\nmaster_port:7001\r\n"
                               "master_link_status:down\r\n"));
}

TEST_CASE("INFO lists replicas, commands, errors and databases", "[admin]") {
    InfoFacts facts;
    facts.replication.replicas = {{"10.0.0.8", 7002, "online", 42, 1}};
    facts.counters = observe::WorkerStats(2);
    facts.counters.of(1) = {.calls = 4, .ticks = 6000, .rejected = 1, .failed = 2};
    facts.counters.count_error("WRONGTYPE");
    facts.command_names = {"get", "config|set"};
    facts.ticks_per_microsecond = 1000;
    facts.databases = {{0, 3, 1, 250}};

    const std::string text = info(facts, {"all"});

    CHECK_THAT(text,
               Catch::Contains("connected_slaves:1\r\n"
                               "slave0:ip=10.0.0.8,port=7002,state=online,offset=42,lag=1\r\n"));
    CHECK_THAT(text, Catch::Contains("# Commandstats\r\ncmdstat_config|set:calls=4,usec=6,"
                                     "usec_per_call=1.50,rejected_calls=1,failed_calls=2\r\n"));
    CHECK_THAT(text, !Catch::Contains("cmdstat_get"));
    CHECK_THAT(text, Catch::Contains("errorstat_WRONGTYPE:count=1\r\n"));
    CHECK_THAT(text, Catch::EndsWith("# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=250\r\n"));
}

TEST_CASE("an INFO without any facts divides by nothing", "[admin]") {
    CHECK_THAT(info(InfoFacts{}), Catch::Contains("used_memory_peak_perc:0.00%\r\n"));
    CHECK_THAT(info(InfoFacts{}), Catch::Contains("mem_fragmentation_ratio:0.00\r\n"));
}

TEST_CASE("bytes for people have two digits and a unit", "[admin]") {
    CHECK(human_bytes(0) == "0B");
    CHECK(human_bytes(1023) == "1023B");
    CHECK(human_bytes(1536) == "1.50K");
    CHECK(human_bytes(std::uint64_t{2} << 30) == "2.00G");
    CHECK(human_bytes(~std::uint64_t{0}) == "16.00E");
}
