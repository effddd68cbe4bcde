#include <iostream>
#include <sstream>

#include "tests/client/probe/probe.h"

namespace probe {

Request request_of(const Words& words, Trait traits) {
    Request request(words[0], static_cast<unsigned>(words.size() - 1), traits);
    for (std::size_t i = 1; i < words.size(); ++i)
        i == 1 ? request.key(words[i]) : request.add(words[i]);
    return request;
}

std::vector<Words> split(const Words& words) {
    std::vector<Words> parts(1);
    for (const std::string& word : words) {
        if (word == ";") {
            parts.emplace_back();
        } else {
            parts.back().push_back(word);
        }
    }
    return parts;
}

std::string text_of(const Value& value) {
    if (value.is_null()) return "nil";
    if (value.kind == Value::Kind::integer) return std::to_string(value.integer);
    if (value.elements.empty()) return value.text;
    std::string text;
    for (const Value& element : value.elements)
        text += (text.empty() ? "" : ",") + text_of(element);
    return text;
}

std::string text_of(const Error& error) {
    return "error " + to_string(error);
}

}  // namespace probe

namespace {

std::string call(probe::Cluster& cluster, const probe::Words& words) {
    return probe::text_of(cluster.call(probe::request_of(words)).wait());
}

}  // namespace

int main(int count, char** arguments) {
    auto cluster = probe::Cluster::connect(
        arguments[1], probe::options_of(probe::Words(arguments + 2, arguments + count)));
    if (!cluster) {
        std::cout << probe::text_of(cluster.error()) << std::endl;
        return 1;
    }
    std::map<std::string, probe::Action> actions{{"call", call}};
    probe::add_reads(actions);
    probe::add_transactions(actions);
    probe::add_scripts(actions);
    probe::add_subscriptions(actions);
    probe::add_cache(actions);
    probe::add_blocking(actions);
    probe::add_scans(actions);
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream stream(line);
        std::string name;
        stream >> name;
        probe::Words words;
        for (std::string word; stream >> word;) words.push_back(word);
        std::cout << actions.at(name)(*cluster, words) << std::endl;
    }
}
