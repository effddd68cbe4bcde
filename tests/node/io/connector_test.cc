// Connections to hosts whose names take their time.
#include "node/io/connector.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <dlfcn.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "node/io/listener.h"
#include "node/io/socket.h"

using namespace grapevine;
using namespace grapevine::node;

namespace {

// What answers for names that end in ".hangs": nothing, until it is told to. Those that end in
// ".here" are this host's.
class NameServer {
public:
    int hang() {
        std::unique_lock lock(mutex_);
        ++asked_;
        if (!changed_.wait_for(lock, std::chrono::seconds(5), [this] { return answers_; })) {
            ++given_up_;
        }
        return EAI_AGAIN;
    }
    void hang_from_now_on() {
        const std::lock_guard lock(mutex_);
        answers_ = false;
        asked_ = given_up_ = 0;
    }
    void answer() {
        const std::lock_guard lock(mutex_);
        answers_ = true;
        changed_.notify_all();
    }
    int asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    int given_up() const {
        const std::lock_guard lock(mutex_);
        return given_up_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool answers_ = false;
    int asked_ = 0;
    int given_up_ = 0;
};

NameServer names;

using Connectors = std::vector<std::unique_ptr<io::Connector>>;

Connectors to_names_that_hang(io::Loop& loop, int count) {
    names.hang_from_now_on();
    Connectors connectors;
    for (int i = 0; i < count; ++i) {
        connectors.push_back(std::make_unique<io::Connector>(
            loop, "a.hangs", std::uint16_t{1}, io::Connector::Events{[](int) {}, [](auto) {}}));
    }
    return connectors;
}

void run_something_in_background(io::Loop& loop) {
    loop.in_background([] {}, [&loop] { loop.stop(); });
    loop.run();
}

}  // namespace

// In the place of the C library's, for all who call it in this program.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
    if (name != nullptr && (hints->ai_flags & AI_NUMERICHOST) == 0 &&
        std::string_view(name).ends_with(".hangs")) {
        return names.hang();
    }
    using Resolve = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto resolve = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const bool is_here = name != nullptr && std::string_view(name).ends_with(".here");
    return resolve(is_here ? "127.0.0.1" : name, service, hints, found);
}

TEST_CASE("names that nobody resolves keep nothing from the disk", "[io]") {
    io::Loop loop;
    const auto connectors = to_names_that_hang(loop, 16);

    run_something_in_background(loop);

    CHECK(names.given_up() == 0);
    names.answer();
}

TEST_CASE("who gives a connection up has its name looked up no more", "[io]") {
    io::Loop loop;
    auto connectors = to_names_that_hang(loop, 16);

    connectors.clear();
    names.answer();
    run_something_in_background(loop);

    CHECK(names.asked() <= 2);  // Those were under way.
}

TEST_CASE("a name that has no address is told as a failure", "[io]") {
    io::Loop loop;
    std::optional<io::ConnectFailure> failure;
    const io::Connector connector(loop, "a..b", 1,
                                  {[](int) {},
                                   [&](io::ConnectFailure reason) {
                                       failure = std::move(reason);
                                       loop.stop();
                                   }});

    loop.run();

    REQUIRE(failure);
    CHECK(failure->kind == io::Refusal::unreachable);
    CHECK_FALSE(failure->reason.empty());
}

TEST_CASE("a name leads to who listens at its address", "[io]") {
    io::Loop loop;
    const auto listening = io::listen_tcp("127.0.0.1", 0, 1);
    REQUIRE(listening);
    const std::uint16_t port = io::local_address(*listening).port;
    const io::Listener listener(loop, *listening, [](int caller) { ::close(caller); });
    int connected = -1;
    std::unique_ptr<io::Connector> connector;
    connector = std::make_unique<io::Connector>(loop, "a.here", port,
                                                io::Connector::Events{[&](int descriptor) {
                                                                          connected = descriptor;
                                                                          connector.reset();
                                                                          loop.stop();
                                                                      },
                                                                      [&](auto) { loop.stop(); }});

    loop.run();

    CHECK(connected >= 0);
    if (connected >= 0) ::close(connected);
}
