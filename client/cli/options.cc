#include "client/cli/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace grapevine::client::cli {
namespace {

constexpr const char* examples = R"(Examples:
  grapevine status                                   the cluster of the node at 127.0.0.1:7001
  grapevine -c 10.0.0.7:6379,10.0.0.8:6379 status    of the first one that answers
  grapevine status --json | jq .verdict              for programs
  GRAPEVINE_PASSWORD=secret grapevine status         keeps the password out of the process list

Exit codes: 0 healthy, 1 not healthy, 2 wrong usage, 4 no node could be reached.)";

// What the parser fills in, as it was written.
struct Written {
    std::vector<std::string> seeds{"127.0.0.1:7001"};
    std::string password;
    double timeout = 2;
    bool json = false;
    bool no_colour = false;
};

Answer mistake(std::string_view what) {
    return Answer{fmt::format("grapevine: {}\nsee grapevine --help\n", what), ExitCode::usage};
}

void declare(CLI::App& app, Written& written) {
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer(examples);
    app.failure_message(
        [](const CLI::App*, const CLI::Error& error) { return mistake(error.what()).text; });
    app.add_option("-c,--connect", written.seeds,
                   "Nodes of the cluster; the first to answer is asked")
        ->delimiter(',')
        ->type_name("HOST:PORT")
        ->capture_default_str();
    app.add_option("--password", written.password, "Password of the nodes")
        ->envname("GRAPEVINE_PASSWORD")
        ->type_name("TEXT");
    CLI::App* status = app.add_subcommand("status", "Who owns what, and whether all is well");
    status->add_flag("--json", written.json, "Print one JSON object");
    status->add_flag("--no-color", written.no_colour,
                     "No colours (as with NO_COLOR in the environment)");
    status->add_option("--timeout", written.timeout, "How long a node may take to answer")
        ->check(CLI::Range(0.001, 3600.0))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_subcommand("version", "Print the version of this tool")
        ->add_flag("--json", written.json, "Print one JSON object");
}

Result<Options> options_from(const Written& written, bool wants_version) {
    Options options;
    options.verb = wants_version ? Verb::version : Verb::status;
    for (const std::string& text : written.seeds) {
        auto seed = parse_endpoint(text);
        if (!seed) return seed.error();
        options.seeds.push_back(*std::move(seed));
    }
    options.password = written.password;
    options.timeout = std::chrono::milliseconds(std::lround(written.timeout * 1000));
    options.json = written.json;
    options.colour = !written.no_colour;
    return options;
}

// Help and mistakes arrive as exceptions: CLI11 knows no other way.
Answer answer_to(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    return Answer{out.str(), code == 0 ? ExitCode::healthy : ExitCode::usage};
}

}  // namespace

std::variant<Options, Answer> parse_command_line(int count, const char* const* arguments) {
    CLI::App app("Looks after a cluster of Grapevine or Redis nodes.", "grapevine");
    Written written;
    declare(app, written);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return answer_to(app, error);
    }
    if (app.get_subcommands().empty()) return mistake("say what to do: status or version");
    auto options = options_from(written, app.got_subcommand("version"));
    if (!options) {
        return mistake(options.error().text);
    }
    return *std::move(options);
}

Result<slots::Endpoint> parse_endpoint(std::string_view text) {
    const Error error{
        fmt::format("'{}' is no address; write HOST:PORT, for example 127.0.0.1:7001", text)};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return error;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool is_port = code == std::errc{} && end == digits.data() + digits.size() && port > 0;
    if (host.empty() || !is_port) return error;
    return slots::Endpoint{std::string(host), port, 0};
}

}  // namespace grapevine::client::cli
