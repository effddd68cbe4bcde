#include "node/observe/crash.h"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "node/observe/log.h"

using namespace grapevine::node::observe;

namespace {

struct Death {
    int signal = 0;  // 0: it did not die of a signal.
    std::string report;
};

// What a process leaves that introduces itself and then dies as `die` says.
Death death_by(void (*die)()) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("grapevine-crash-test-" + std::to_string(getpid()));
    const pid_t child = fork();
    if (child == 0) {
        log::set_file(path.string());
        introduce_thread("worker 1");
        set_activity("GETDEL");
        report_crashes("0.1.2", []() noexcept { log::warn("sockets closed"); });
        die();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::ostringstream report;
    report << std::ifstream(path).rdbuf();
    std::filesystem::remove(path);
    return {WIFSIGNALED(status) ? WTERMSIG(status) : 0, report.str()};
}

}  // namespace

TEST_CASE("a fatal signal leaves a report, and ends the process as it would have", "[observe]") {
    const Death death = death_by([] { std::raise(SIGBUS); });

    CHECK(death.signal == SIGBUS);
    CHECK_THAT(death.report, Catch::Contains("version 0.1.2\n"));
    CHECK_THAT(death.report, Catch::Contains("signal SIGBUS"));
    CHECK_THAT(death.report, Catch::Contains("thread worker 1 (crashed): GETDEL\n"));
    CHECK_THAT(death.report, Catch::Contains("stack"));
    CHECK_THAT(death.report, Catch::Contains("END OF CRASH REPORT"));
}

TEST_CASE("what must happen first happens before the report", "[observe]") {
    const Death death = death_by([] { std::raise(SIGSEGV); });

    CHECK(death.signal == SIGSEGV);
    CHECK(death.report.find("sockets closed") < death.report.find("CRASH REPORT"));
}
