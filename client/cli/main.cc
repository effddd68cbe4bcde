// The grapevine tool: does what its command line says.
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "client/cli/connection.h"
#include "client/cli/health.h"
#include "client/cli/json.h"
#include "client/cli/options.h"
#include "client/cli/survey.h"
#include "client/cli/text.h"

namespace grapevine::client::cli {
namespace {

ExitCode print_version(const Options& options) {
    if (options.json) {
        const nlohmann::ordered_json json{{"name", "grapevine"}, {"version", GRAPEVINE_VERSION}};
        fmt::print("{}\n", json.dump());
    } else {
        fmt::print("grapevine {}\n", GRAPEVINE_VERSION);
    }
    return ExitCode::healthy;
}

// "UNREACHABLE cannot reach ..." is for us to know and for people without its first word.
ExitCode complain(const Error& error) {
    fmt::print(stderr, "grapevine: {}\n", error.text.substr(error.code().size() + 1));
    return error.code() == "UNREACHABLE" ? ExitCode::unreachable : ExitCode::unhealthy;
}

// As https://no-color.org asks.
bool wants_colour(const Options& options) {
    const char* refusal = std::getenv("NO_COLOR");
    return options.colour && isatty(STDOUT_FILENO) && (!refusal || *refusal == '\0');
}

ExitCode print_status(const Options& options) {
    const Access access{options.password, options.timeout};
    const auto cluster = survey(options.seeds, [&access](const slots::Endpoint& node,
                                                         const std::vector<Request>& requests) {
        return ask_over_tcp(access, node, requests);
    });
    if (!cluster) return complain(cluster.error());
    const auto problems = problems_of(*cluster);
    if (options.json) {
        constexpr auto replace = nlohmann::json::error_handler_t::replace;  // What is not UTF-8.
        fmt::print("{}\n", status_json(*cluster, problems).dump(2, ' ', false, replace));
    } else {
        fmt::print("{}", status_text(*cluster, problems, wants_colour(options)));
    }
    return problems.empty() ? ExitCode::healthy : ExitCode::unhealthy;
}

ExitCode run(int count, const char* const* arguments) {
    const auto parsed = parse_command_line(count, arguments);
    if (const auto* answer = std::get_if<Answer>(&parsed)) {
        fmt::print(answer->code == ExitCode::healthy ? stdout : stderr, "{}", answer->text);
        return answer->code;
    }
    const Options& options = std::get<Options>(parsed);
    return options.verb == Verb::version ? print_version(options) : print_status(options);
}

}  // namespace
}  // namespace grapevine::client::cli

int main(int count, char** arguments) {
    return static_cast<int>(grapevine::client::cli::run(count, arguments));
}
