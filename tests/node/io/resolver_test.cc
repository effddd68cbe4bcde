#include "node/io/resolver.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

using namespace grapevine;
using namespace grapevine::node;

namespace {

using Addresses = Result<std::vector<std::string>>;

Addresses addresses_of(const std::string& name) {
    io::Loop loop;
    io::Resolver resolver(loop);
    std::optional<Addresses> found;
    resolver.resolve(name, [&](Addresses addresses) {
        found = std::move(addresses);
        loop.stop();
    });
    REQUIRE_FALSE(found);  // Never from inside the call.
    loop.run();
    return *found;
}

}  // namespace

TEST_CASE("a name has addresses, each of them once", "[io]") {
    const auto addresses = addresses_of("localhost");

    REQUIRE(addresses);
    CHECK(std::count(addresses->begin(), addresses->end(), "127.0.0.1") == 1);
}

TEST_CASE("what cannot be a name has none, and there is a reason", "[io]") {
    for (const std::string& name : {std::string("a..b"), std::string(300, 'a')}) {
        const auto addresses = addresses_of(name);
        REQUIRE_FALSE(addresses);
        CHECK_FALSE(addresses.error().text.empty());
    }
}

TEST_CASE("a resolver that is gone answers nothing", "[io]") {
    bool answered = false;
    {
        io::Loop loop;
        io::Resolver resolver(loop);
        resolver.resolve("localhost", [&](const Addresses&) { answered = true; });
        resolver.resolve(std::string(300, 'a'), [&](const Addresses&) { answered = true; });
    }
    CHECK_FALSE(answered);
}
