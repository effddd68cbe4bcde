// A program that does what its standard input says, a line at a time, and answers in lines: the
// client library as the end-to-end tests see it.
#pragma once

#include <grapevine/cluster.h>
#include <map>
#include <string>
#include <vector>

namespace probe {

using namespace grapevine::client;
using Words = std::vector<std::string>;
using Action = std::string (*)(Cluster& cluster, const Words& words);  // The answer.

// A command as a user wrote it; its first argument, if any, is a key.
Request request_of(const Words& words, Trait traits = Trait::none);
// Those between ";".
std::vector<Words> split(const Words& words);
// "user=alice", "reads=any", "silence=100" and so on: see options.cc.
Options options_of(const Words& words);
std::string text_of(const Value& value);
std::string text_of(const Error& error);
template <typename T>
std::string text_of(const Result<T>& result) {
    return result ? text_of(*result) : text_of(result.error());
}

void add_reads(std::map<std::string, Action>& actions);
void add_transactions(std::map<std::string, Action>& actions);
void add_scripts(std::map<std::string, Action>& actions);
void add_subscriptions(std::map<std::string, Action>& actions);
void add_cache(std::map<std::string, Action>& actions);
void add_blocking(std::map<std::string, Action>& actions);
void add_scans(std::map<std::string, Action>& actions);

}  // namespace probe
