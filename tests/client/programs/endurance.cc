// endurance HOST:PORT OPERATIONS: so many operations in every way there is, while somebody else
// troubles the cluster. Ten times it waits until nothing is on its way and says what it holds:
// "operations=N live_kb=N rss_kb=N"; in the end "started=N ended=N" and the errors by code. What is
// still allocated at its end is for the leak sanitizer to find.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <grapevine/future.h>
#include <grapevine/pipeline.h>
#include <grapevine/scan.h>
#include <grapevine/task.h>
#include <grapevine/transaction.h>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // GCC 12 has no header for it.
#endif

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

constexpr int coroutines = 32;
constexpr int callbacks = 200;  // On their way at a time.
constexpr int keys = 1000;

std::atomic<std::int64_t> started{0}, ended{0};
std::mutex errors_mutex;
std::map<std::string, std::int64_t> errors;

void note(const Error& error) {
    const std::lock_guard lock(errors_mutex);
    ++errors[std::string(error.code()) + "/" + std::string(to_string(error.effect))];
}
template <typename T>
void note(const Result<T>& result) {
    ++ended;
    if (!result) note(result.error());
}

std::string key(std::int64_t number) {
    return "key:" + std::to_string(number % keys);
}
std::int64_t begin(std::int64_t count = 1) {
    return started.fetch_add(count);
}

Task<void> awaiting(Cluster& db, std::int64_t until, std::atomic<int>& left) {
    while (started < until) {
        const std::int64_t number = begin(4);
        const auto set = co_await db.set(key(number), number);
        note(set);
        auto [got, counted, there] =
            co_await all(db.get(key(number)), db.incr("counter:" + key(number)),
                         db.command("EXISTS", key(number + 1)));
        note(got);
        note(counted);
        note(there);
    }
    if (--left == 0) left.notify_all();
}

// Each callback starts the next.
void call_back(Cluster& db, std::int64_t until, std::atomic<int>& left) {
    if (started >= until) {
        if (--left == 0) left.notify_all();
        return;
    }
    const std::int64_t number = begin();
    db.get(key(number)).then([&db, until, &left](const auto& result) {
        note(result);
        call_back(db, until, left);
    });
}

void futures(Cluster& db) {
    std::vector<std::future<Result<std::int64_t>>> waiting;
    for (int i = 0; i < 50; ++i) {
        const std::int64_t number = begin();
        waiting.push_back(db.incr("future:" + key(number)).future());
    }
    for (auto& future : waiting) note(future.get());
}

void pipeline(Cluster& db, Pipeline& pipeline) {
    pipeline.clear();
    std::vector<Pipeline::Handle<std::optional<std::string>>> values;
    for (int i = 0; i < 100; ++i) values.push_back(pipeline.get(key(begin())));
    (void)pipeline.run().wait();
    for (const auto& value : values) note(*value);
    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i) names.push_back(key(begin()));
    for (const auto& each : db.mget(names).wait()) note(each);
    begin();
    note(db.unlink(names).wait());
}

void transactions(Cluster& db) {
    const std::string tag = "{" + key(begin(2)) + "}";
    Transaction both(db);
    Request set("SET", 2, Trait::repeatable), get("GET", 1, Trait::reads);
    set.key(tag);
    set.add("x");
    get.key(tag);
    both.call(std::move(set));
    both.call(std::move(get));
    note(std::move(both).run().wait());
    note(transact(db, tag, [&](Watched& watched) {
        Request increment("INCR", 1);
        increment.key(tag + "n");
        watched.call(std::move(increment));
        return true;
    }));
}

void blocking(Cluster& db) {
    begin(2);
    Request wait("WAIT", 2, Trait::reads | Trait::blocks);
    wait.belongs_with(key(started));
    wait.add(9);
    wait.add(1);
    note(db.call<std::int64_t>(std::move(wait)).wait());
    Request pop("BLPOP", 2, Trait::blocks);
    pop.key("nothing:" + key(started));
    pop.add("0.001");
    note(db.call<Value>(std::move(pop)).within(2s).wait());
}

void scan(Cluster& db) {
    Scan scan(db, {.match = "key:*", .type = {}, .count = 100});
    for (int i = 0; i < 20; ++i) {
        begin();
        const auto found = scan.next().wait();
        note(found);
        if (found && !*found) return;
    }
}

void waiting(Cluster& db, std::int64_t until, int number) {
    Pipeline commands(db);
    for (int round = number; started < until; ++round) {
        begin();
        note(db.set(key(round), std::string(300, 'v')).wait());
        if (round % 4 == 0) futures(db);
        if (round % 4 == 1) pipeline(db, commands);
        if (round % 4 == 2) transactions(db);
        if (round % 16 == 3) blocking(db);
        if (round % 64 == 7) scan(db);
    }
}

void work(Cluster& db, std::int64_t until) {
    std::atomic<int> left = coroutines + callbacks;
    for (int i = 0; i < coroutines; ++i) spawn(awaiting(db, until, left));
    for (int i = 0; i < callbacks; ++i) call_back(db, until, left);
    std::thread other([&] { waiting(db, until, 1); });
    waiting(db, until, 0);
    other.join();
    for (int open = left; open > 0; open = left) left.wait(open);
}

long resident_kb() {
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

long live_kb() {
#ifdef __SANITIZE_ADDRESS__
    return static_cast<long>(__sanitizer_get_current_allocated_bytes() / 1024);
#else
    return 0;
#endif
}

}  // namespace

int main(int, char** arguments) {
    const std::int64_t operations = std::stoll(arguments[2]);
    {
        auto db = Cluster::connect(arguments[1]);
        if (!db) {
            std::printf("%s\n", to_string(db.error()).c_str());
            return 1;
        }
        for (int part = 1; part <= 10; ++part) {
            work(*db, operations * part / 10);
            std::printf("operations=%lld live_kb=%ld rss_kb=%ld\n",
                        static_cast<long long>(ended.load()), live_kb(), resident_kb());
            std::fflush(stdout);
        }
    }
    std::printf("started=%lld ended=%lld", static_cast<long long>(started.load()),
                static_cast<long long>(ended.load()));
    for (const auto& [what, count] : errors)
        std::printf(" %s=%lld", what.c_str(), static_cast<long long>(count));
    std::printf("\n");
    return started == ended ? 0 : 1;
}
