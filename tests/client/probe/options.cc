#include <functional>

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

const std::map<std::string, Setter> setters{
    {"user", [](Options& o, const std::string& text) { o.username = text; }},
    {"password", [](Options& o, const std::string& text) { o.password = text; }},
    {"patience", [](Options& o, const std::string& text) { o.patience = ms(text); }},
    {"silence", [](Options& o, const std::string& text) { o.silence = ms(text); }},
    {"reads", [](Options& o, const std::string& text) { o.reads = reads_of(text); }},
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
