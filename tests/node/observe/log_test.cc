#include "node/observe/log.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <unistd.h>

using namespace grapevine::node::observe;

namespace {

// A log file of the test's own.
class LogFile {
public:
    LogFile() {
        std::filesystem::remove(path_);
        log::set_file(path_.string());
    }
    ~LogFile() {
        log::set_file("");
        std::filesystem::remove(path_);
    }

    const std::filesystem::path& path() const { return path_; }
    std::string text() const {
        std::ostringstream all;
        all << std::ifstream(path_).rdbuf();
        return all.str();
    }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("grapevine-log-test-" + std::to_string(getpid()));
};

std::string message_of(std::string_view message) {
    const std::string line = log::line(1, log::Role::primary, {0, 0}, log::Level::notice, message);
    return line.substr(line.find(" * ") + 3);
}

}  // namespace

TEST_CASE("a log line looks like one of Redis's", "[observe]") {
    const std::regex redis(R"(4711:S \d\d [A-Z][a-z][a-z] 2026 \d\d:\d\d:46\.007 # hello)");

    CHECK(std::regex_match(
        log::line(4711, log::Role::replica, {1795346686, 7}, log::Level::warning, "hello"), redis));
}

TEST_CASE("what a stranger sent cannot forge log lines or flood the log", "[observe]") {
    CHECK(message_of("a\nb\r\x1b[2J\x7f") == "a\\nb\\r\\x1b[2J\\x7f");
    CHECK(message_of(std::string(5000, 'x')) == fmt::format("{:x<4096}...", ""));
    CHECK(message_of("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
}

TEST_CASE("messages below the level are dropped", "[observe]") {
    const LogFile file;

    log::verbose("whispered");
    log::notice("said peer={} times={}", "ab12", 3);
    log::warn("shouted");

    CHECK_THAT(file.text(), Catch::Contains(" * said peer=ab12 times=3\n"));
    CHECK_THAT(file.text(), Catch::Contains(" # shouted\n"));
    CHECK_THAT(file.text(), !Catch::Contains("whispered"));
}

TEST_CASE("a log file that was moved away is made anew", "[observe]") {
    const LogFile file;
    const std::filesystem::path rotated = file.path().string() + ".1";

    log::notice("before");
    std::filesystem::rename(file.path(), rotated);
    log::notice("after");

    CHECK_THAT(file.text(), Catch::EndsWith("* after\n"));
    CHECK_THAT(file.text(), !Catch::Contains("before"));
    std::filesystem::remove(rotated);
}

TEST_CASE("a log that cannot be written is no reason to stop", "[observe]") {
    log::set_file("/no/such/folder/log");
    log::warn("lost");
    log::set_file("");
}
