// A request of a simulated client on its way.
#pragma once

#include <cstddef>
#include <optional>

#include "client/link/link.h"

namespace grapevine::sim {

// Its number is all that goes over the wire of it: the node that does it notes that here.
struct Call final : client::Operation {
    Call(client::Request&& what, std::size_t its_number)
        : Operation(std::move(what)), number(its_number) {}
    // An engine would call them. The caller is its own engine.
    void succeeded(const client::Reply&) override {}
    void failed(client::Error&&) override {}

    const client::Facts& facts() const { return request.facts(); }
    // The end that its caller was told has come, and it is none that leaves it open.
    bool denied() const { return ended && failure && *failure != client::Effect::unknown; }

    std::size_t number;
    bool asks_for_map = false;
    bool probes = false;
    unsigned runs = 0;  // How often a node has done it.
    bool ended = false;
    std::optional<client::Effect> failure;
};

}  // namespace grapevine::sim
