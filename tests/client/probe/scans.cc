#include <grapevine/future.h>
#include <grapevine/scan.h>
#include <grapevine/task.h>
#include <set>

#include "tests/client/probe/probe.h"

namespace probe {
namespace {

using Found = Result<std::optional<Scan::Keys>>;

// What a scan has returned so far.
struct Harvest {
    std::set<std::string> distinct;
    std::size_t keys = 0;
    unsigned batches = 0;
    bool done = false;
    std::string error;

    // Whether there may be more.
    bool add(const Found& found) {
        if (!found) error = text_of(found.error());
        done = found && !*found;
        if (!found || !*found) return false;
        ++batches;
        keys += (*found)->size();
        distinct.insert((*found)->begin(), (*found)->end());
        return true;
    }
    std::string text() {
        if (!error.empty()) return std::exchange(error, {});
        return (done ? "done" : "more") + std::string(" distinct=") +
               std::to_string(distinct.size()) + " keys=" + std::to_string(keys) +
               " batches=" + std::to_string(batches);
    }
};

ScanOptions scan_options(const Words& words, std::size_t from) {
    ScanOptions options;
    if (words.size() > from) options.count = static_cast<unsigned>(std::stoul(words[from]));
    if (words.size() > from + 1) options.match = words[from + 1];
    if (words.size() > from + 2) options.type = words[from + 2];
    return options;
}

Task<void> harvest_all(Scan& scan, Harvest& harvest) {
    for (bool more = true; more;) {
        const auto found = co_await scan.next();
        more = harvest.add(found);
    }
}

void harvest_on(Scan& scan, Harvest& harvest, std::promise<void>& end) {
    scan.next().then([&](const Found& found) {
        if (harvest.add(found)) return harvest_on(scan, harvest, end);
        end.set_value();
    });
}

// scan WAY COUNT [MATCH [TYPE]]: all keys, by waiting, by callbacks, as futures or by a coroutine
std::string scan(Cluster& cluster, const Words& words) {
    Scan scan(cluster, scan_options(words, 1));
    Harvest harvest;
    const std::string& way = words[0];
    if (way == "await") run(harvest_all(scan, harvest));
    while (way == "wait" && harvest.add(scan.next().wait())) {}
    while (way == "future" && harvest.add(scan.next().future().get())) {}
    if (way == "then") {
        std::promise<void> end;
        harvest_on(scan, harvest, end);
        end.get_future().wait();
    }
    return harvest.text();
}

std::optional<Scan> scan_in_parts;
Harvest harvest_in_parts;

// scan_begin COUNT [MATCH [TYPE]]: from now on scan_some goes through these keys
std::string scan_begin(Cluster& cluster, const Words& words) {
    scan_in_parts.emplace(cluster, scan_options(words, 0));
    harvest_in_parts = {};
    return "begun";
}

// scan_some N: up to N batches more -> what has been found since scan_begin
std::string scan_some(Cluster&, const Words& words) {
    for (int i = 0; i < std::stoi(words[0]); ++i)
        if (!harvest_in_parts.add(scan_in_parts->next().wait())) break;
    return harvest_in_parts.text();
}

// scan_end: no more of it
std::string scan_end(Cluster&, const Words&) {
    scan_in_parts.reset();
    return "ended";
}

}  // namespace

void add_scans(std::map<std::string, Action>& actions) {
    actions["scan"] = scan;
    actions["scan_begin"] = scan_begin;
    actions["scan_some"] = scan_some;
    actions["scan_end"] = scan_end;
}

}  // namespace probe
