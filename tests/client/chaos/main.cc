// chaos HOST:PORT NAME [--plant MISTAKE]: writes to keys that begin with NAME and knows what must
// be there. It says "ready" when it writes; with --plant when one of its writers has made the
// mistake (blunder.h has their names). Lines on its standard input tell it what to do:
//   cut N   end N of its connections while they are used; answer: "cut"
//   stop    write no more; answer: "stopped"
//   check   answer: the figures, "name=number ..."; and in another line what the servers have lost,
//           "SLOT@MICROSECONDS ...": when that was acknowledged, by the monotonic clock.
#include <atomic>
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/task.h>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/client/chaos/blunder.h"
#include "tests/client/chaos/cut.h"
#include "tests/client/chaos/writer.h"

using namespace grapevine::client;
using chaos::Writer;
using namespace std::chrono_literals;

// That somebody else ends the library's connections is meant.
extern "C" const char* __tsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
const char* __tsan_default_suppressions() {            // NOLINT(bugprone-reserved-identifier)
    return "race:chaos::is_waiting\n";
}

namespace {

constexpr int coroutines = 28;
constexpr int threads = 4;

Task<void> write(Writer& writer, const std::atomic<bool>& over, std::atomic<int>& left) {
    while (!over) {
        writer.begin();
        auto [set, appended, both] = co_await all(writer.set(), writer.append(), writer.set_two());
        writer.was_set(set);
        writer.was_appended(appended);
        writer.were_set(both);
        if (writer.history.must_look()) writer.was_looked_at(co_await writer.look());
        if (writer.is_to_prove()) {
            const auto replicas = co_await writer.prove();
            writer.was_proven(replicas, co_await writer.read_mark());
        }
        auto [got, pair] = co_await all(writer.get(), writer.get_two());
        writer.was_got(got);
        writer.were_got(pair);
        writer.end();
    }
    if (--left == 0) left.notify_all();
}

void write_blocking(Writer& writer, const std::atomic<bool>& over, chaos::Planted* planted) {
    while (!over) {
        writer.begin();
        writer.was_set(writer.set().wait());
        writer.was_appended(writer.append().wait());
        writer.were_set(writer.set_two().wait());
        if (planted != nullptr && writer.round() == chaos::round_of_blunder) planted->make(writer);
        if (writer.history.must_look()) writer.was_looked_at(writer.look().wait());
        if (writer.is_to_prove()) {
            const auto replicas = writer.prove().wait();
            writer.was_proven(replicas, writer.read_mark().wait());
        }
        writer.was_got(writer.get().wait());
        writer.were_got(writer.get_two().wait());
        writer.end();
    }
}

using Writers = std::vector<std::unique_ptr<Writer>>;

// What is there in the end, when the cluster is whole.
void check(Writers& writers) {
    for (const auto& writer : writers) {
        writer->was_looked_at(writer->look().wait());
        writer->was_got(writer->get().wait());
        for (std::size_t tag = 0; tag < chaos::tags; ++tag)
            writer->were_got(tag, writer->get_two(tag).wait(), true);
    }
}

void print_figures(const Writers& writers, const Figures& client) {
    chaos::Figures sum;
    std::int64_t errors = 0, longest = 0;
    std::size_t by_servers = 0;
    for (const auto& writer : writers) {
        sum.add(writer->figures());
        writer->each_loss([&](auto, auto) { ++by_servers; });
        for (const auto& [what, count] : writer->errors) errors += count;
        longest = std::max<std::int64_t>(longest, writer->longest / 1ms);
    }
    std::cout << "acknowledged=" << sum.acknowledged << " proven=" << sum.proven
              << " lost=" << sum.lost << " lost_by_servers=" << by_servers
              << " duplicates=" << sum.duplicates << " false=" << sum.false_ones
              << " misplaced=" << sum.misplaced << " torn=" << sum.torn
              << " unknown=" << sum.unknown << " errors=" << errors << " longest_ms=" << longest
              << " fetches=" << client.fetches << " redirects=" << client.redirects
              << " retries=" << client.retries << std::endl;
}

void print_losses(const Writers& writers) {
    const char* blank = "";
    for (const auto& writer : writers) {
        writer->each_loss([&](std::uint16_t slot, chaos::Instant time) {
            std::cout << std::exchange(blank, " ") << slot << '@' << time.time_since_epoch() / 1us;
        });
    }
    std::cout << std::endl;
}

// The mistake of the command line; no name when there is none to be made.
std::string_view mistake_of(int count, char** arguments) {
    const bool told = count == 5 && arguments[3] == std::string_view("--plant");
    return told ? arguments[4] : std::string_view();
}

}  // namespace

int main(int count, char** arguments) {
    chaos::Planted planted(mistake_of(count, arguments));
    if (count != 3 && !planted.is_known()) {
        std::fprintf(stderr, "usage: chaos HOST:PORT NAME [--plant MISTAKE]\n");
        return 2;
    }
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) {
        std::fprintf(stderr, "%s\n", to_string(cluster.error()).c_str());
        return 1;
    }
    Writers writers;
    for (int i = 0; i < coroutines + threads; ++i)
        writers.push_back(std::make_unique<Writer>(*cluster, arguments[2] + std::to_string(i)));
    std::atomic<bool> over = false;
    std::atomic<int> left = coroutines;
    for (std::size_t i = 0; i < coroutines; ++i) spawn(write(*writers[i], over, left));
    std::vector<std::thread> blocking;
    for (std::size_t i = coroutines; i < writers.size(); ++i) {
        chaos::Planted* its_own = i == coroutines && planted.is_known() ? &planted : nullptr;
        blocking.emplace_back([&, i, its_own] { write_blocking(*writers[i], over, its_own); });
    }
    if (planted.is_known()) planted.wait();
    std::cout << "ready" << std::endl;

    std::string line;
    while (std::getline(std::cin, line) && line.starts_with("cut ")) {
        chaos::cut(std::stoi(line.substr(4)),
                   [] { chaos::rounds_ended.wait(chaos::rounds_ended); });
        std::cout << "cut" << std::endl;
    }
    over = true;
    for (int open = left; open > 0; open = left) left.wait(open);
    for (std::thread& thread : blocking) thread.join();
    const Figures figures = cluster->figures();
    std::cout << "stopped" << std::endl;

    std::getline(std::cin, line);
    check(writers);
    print_figures(writers, figures);
    print_losses(writers);
    return 0;
}
