#include <functional>
#include <sstream>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

using Setter = std::function<void(Options&, const std::string&)>;

std::chrono::milliseconds ms(const std::string& text) {
    return std::chrono::milliseconds(std::stol(text));
}

ReadFrom reads_of(const std::string& name) {
    const std::map<std::string, ReadFrom> names{{"primary", ReadFrom::primary},
                                                {"any", ReadFrom::any},
                                                {"nearest", ReadFrom::nearest},
                                                {"bounded", ReadFrom::bounded}};
    return names.at(name);
}

// "ca_file:/ca.pem"
void set_tls_field(Tls& tls, const std::string& text) {
    const auto colon = text.find(':');
    const std::string value = text.substr(colon + 1);
    const std::map<std::string, std::function<void()>> fields{
        {"ca_file", [&] { tls.ca_file = value; }},
        {"ca_directory", [&] { tls.ca_directory = value; }},
        {"certificate_file", [&] { tls.certificate_file = value; }},
        {"key_file", [&] { tls.key_file = value; }},
        {"passphrase", [&] { tls.passphrase = [value] { return value; }; }},
        {"server_name", [&] { tls.server_name = value; }},
        {"verify_peer", [&] { tls.verify_peer = value == "yes"; }},
        {"verify_name", [&] { tls.verify_name = value == "yes"; }},
        {"ciphers", [&] { tls.ciphers = value; }},
    };
    fields.at(text.substr(0, colon))();
}

// "FIELD:VALUE,FIELD:VALUE"; "" for the defaults.
void set_tls(Options& options, const std::string& text) {
    options.tls.emplace();
    std::istringstream fields(text);
    for (std::string field; std::getline(fields, field, ',');) set_tls_field(*options.tls, field);
}

const std::map<std::string, Setter> setters{
    {"user", [](Options& o, const std::string& text) { o.username = text; }},
    {"password", [](Options& o, const std::string& text) { o.password = text; }},
    {"patience", [](Options& o, const std::string& text) { o.patience = ms(text); }},
    {"silence", [](Options& o, const std::string& text) { o.silence = ms(text); }},
    {"reads", [](Options& o, const std::string& text) { o.reads = reads_of(text); }},
    {"tls", [](Options& o, const std::string& text) { set_tls(o, text); }},
    {"cache", [](Options& o, const std::string& text) { o.cache_bytes = std::stoul(text); }},
    {"refresh", [](Options& o, const std::string& text) { o.refresh = ms(text); }},
    {"most_lag", [](Options& o, const std::string& text) { o.most_lag = std::stoul(text); }},
};

}  // namespace

Options options_of(const Words& words) {
    Options options;
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        setters.at(word.substr(0, equals))(options, word.substr(equals + 1));
    }
    return options;
}

}  // namespace probe
