// grapevine-server [FILE] [--directive value ...]
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <glob.h>
#include <iostream>
#include <iterator>
#include <unistd.h>

#include "node/config/load.h"
#include "node/io/file.h"
#include "node/node.h"
#include "node/observe/crash.h"
#include "node/observe/log.h"
#include "node/observe/version.h"

namespace {

using namespace grapevine;
using namespace grapevine::node;

constexpr const char* usage = R"(Usage: grapevine-server [FILE] [--directive value ...]
       grapevine-server - [--directive value ...]   (reads the configuration from standard input)
       grapevine-server --version | --help

FILE is a redis.conf; every directive may be given on the command line as well:
       grapevine-server --port 7001 --cluster-enabled yes
       grapevine-server /etc/redis/redis.conf --loglevel verbose

A directive whose promise is not kept yet stops the start, unless named:
       grapevine-server redis.conf --accept-unsupported appendonly
)";

std::string read_standard_input() {
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

std::vector<std::string> matching_files(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> files;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return files;
}

Result<config::Loaded> load(const std::vector<std::string>& arguments) {
    const config::Files files{
        .read = [](const std::string& path) -> Result<std::string> {
            if (path == "-") return read_standard_input();
            return io::read_file(path);
        },
        .match = matching_files,
    };
    return config::load(arguments, files);
}

// Leaves the terminal: the parent ends, the child goes on without it.
void become_daemon() {
    if (::fork() != 0) ::_exit(0);
    ::setsid();
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int standard = 0; standard <= 2; ++standard) ::dup2(nothing, standard);
    if (nothing > 2) ::close(nothing);
}

int complain(const Error& error) {
    std::fprintf(stderr, "grapevine-server: %s\n", error.text.c_str());
    return 1;
}

Result<void> write_pid_file(const config::Config& config) {
    if (config.pidfile.empty() && !config.daemonize) return {};
    const std::string path = config.pidfile.empty() ? "/var/run/redis.pid" : config.pidfile;
    return io::write_durably(path, std::to_string(::getpid()) + '\n');
}

int serve(config::Loaded loaded, const std::string& executable) {
    auto& config = loaded.config;
    const bool named = !loaded.file.empty() && loaded.file != "-";
    const std::string file = named ? std::filesystem::absolute(loaded.file).string() : "";
    if (::chdir(config.dir.c_str()) != 0) {
        return complain(
            Error{"cannot enter the folder '" + config.dir + "' (dir): " + std::strerror(errno)});
    }
    config.dir = std::filesystem::current_path();
    if (config.daemonize) become_daemon();
    log::set_file(config.logfile);
    log::set_level(static_cast<log::Level>(config.loglevel));
    observe::report_crashes(observe::version, bus::shut_bus_sockets);
    observe::introduce_thread("main");
    for (const auto& name : config::silent_tunings(config))
        log::notice("'{}' has no effect here", name);
    for (const auto& name : config::accepted_promises(config)) {
        log::warn("'{}' is accepted as told, but not kept", name);
    }
    auto node = Node::make({config, executable, file});
    if (!node) {
        log::warn("{}", node.error().text);
        return complain(node.error());
    }
    if (auto written = write_pid_file(config); !written) log::warn("{}", written.error().text);
    log::notice("PID: {} - Server initialized", ::getpid());
    (*node)->run();
    if (!config.pidfile.empty()) ::unlink(config.pidfile.c_str());
    return 0;
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string> arguments(values + 1, values + count);
    if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
        std::fputs(usage, stdout);
        return 0;
    }
    if (!arguments.empty() && (arguments[0] == "--version" || arguments[0] == "-v")) {
        std::printf("Grapevine server v=%s (speaks Redis 7.2)\n", observe::version);
        return 0;
    }
    auto loaded = load(arguments);
    if (!loaded) return complain(loaded.error());
    return serve(std::move(*loaded), std::filesystem::read_symlink("/proc/self/exe"));
}
