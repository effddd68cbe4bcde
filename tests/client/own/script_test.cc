#include <catch2/catch.hpp>
#include <grapevine/request.h>

using namespace grapevine::client;

TEST_CASE("NOSCRIPT puts the text in the place of the name, once", "[script]") {
    Request request("EVALSHA", 3);
    request.add("c0ffee");
    request.add(1);
    request.key("k");
    request.otherwise("EVAL", "return 1");

    CHECK_FALSE(request.use_otherwise("ERR no"));
    CHECK(request.use_otherwise("NOSCRIPT No matching script."));
    CHECK(request.bytes() == "*4\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n");
    CHECK_FALSE(request.use_otherwise("NOSCRIPT No matching script."));
}
