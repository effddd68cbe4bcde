// What a Cluster can be told when it is made.
#pragma once

#include <cstddef>
#include <grapevine/hooks.h>
#include <grapevine/lean.h>
#include <grapevine/request.h>
#include <grapevine/tls.h>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::client {

struct Options {
    std::string username{};    // Of an ACL user; empty: "default".
    std::string password{};    // Empty: no AUTH.
    std::string name{};        // For CLIENT LIST; no blanks.
    std::optional<Tls> tls{};  // Of all connections. Without it nothing is encrypted.

    // From a call to its TIMEOUT, retries included. A call can have its own: Call::within().
    std::chrono::milliseconds patience{5000};
    // For one attempt to connect, the greeting included.
    std::chrono::milliseconds connect_timeout{1000};
    // A node that owes answers and sends nothing for so long makes us ask the others about it.
    std::chrono::milliseconds silence{500};
    // The map of the cluster is fetched again at least so often; at once when there is occasion.
    std::chrono::milliseconds refresh{60000};

    // What the requests on their way may take, counted as their bytes and what it takes to keep
    // track of them (about 500 bytes each). Those beyond it wait in this process until others are
    // answered. A thread that starts callbacks or futures waits as well; a callback does not.
    std::size_t bytes_in_flight = 64u << 20;

    // What GET and other reads of one key were answered is kept in this process, up to so many
    // bytes, until the server says that the key has changed (CLIENT TRACKING of Redis 6 and later;
    // a server that does not know it is asked every time). Zero: no cache. See README.md.
    std::size_t cache_bytes = 0;

    ReadFrom reads = ReadFrom::primary;  // Of calls that do not say it themselves.
    // For ReadFrom::bounded, in bytes of the replication stream: the primary's offset less the
    // replica's, both by ROLE. A replica that lost its primary, or was not looked at for half a
    // second, gets no such reads.
    std::size_t most_lag = 64u << 10;

    // Called on the engine's thread or, while nothing else is on its way, on one that waits for a
    // call; never two at a time. Must not block. Those that are not set cost nothing.
    std::function<void(std::string_view line)> log{};  // Without the line's end.
    // First with the map that was found at the start. It may be in front of what CLUSTER commands
    // show, since redirections teach it too.
    std::function<void(const Topology& now)> on_topology{};
    std::function<void(const Setback& setback)> on_setback{};
};

}  // namespace grapevine::client
