#include <catch2/catch.hpp>

#include "client/io/tls.h"

TEST_CASE("a library without TLS says so", "[tls]") {
    const auto made = grapevine::client::io::TlsContext::make({});
    REQUIRE_FALSE(made);
    CHECK_THAT(made.error().text,
               Catch::Matchers::StartsWith("TLS this library was built without it"));
}
