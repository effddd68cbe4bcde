// Listening for connections.
#include "node/io/listener.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <unistd.h>

#include "node/io/loop.h"
#include "node/io/socket.h"

using namespace grapevine::node;

TEST_CASE("the file of a Unix socket is there while somebody listens", "[io]") {
    const auto path = std::filesystem::temp_directory_path() /
                      ("grapevine-listener-" + std::to_string(getpid()) + ".sock");
    io::Loop loop;
    const auto descriptor = io::listen_unix(path.string(), 0, 1);
    REQUIRE(descriptor);

    {
        io::Listener listener(loop, *descriptor, [](int) {});
        CHECK(std::filesystem::exists(path));
    }

    CHECK_FALSE(std::filesystem::exists(path));
}
