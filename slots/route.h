// Where a request belongs: one pure decision, made by nodes for every keyed request.
#pragma once

#include <cstdint>

#include "slots/topology.h"

namespace grapevine::slots {

enum class Verdict : std::uint8_t {
    serve,
    moved,         // Another node owns the slot, for good.
    ask,           // Another node has the key, for this one request.
    try_again,     // Some keys of the request have moved, some have not.
    cross_slot,    // The keys of the request live in different slots.
    cluster_down,  // The cluster does not serve (a primary is missing).
    unowned,       // Nobody owns this slot.
};

// What the decision needs to know about a request.
struct Question {
    Slot slot;
    bool same_slot = true;  // All keys of the request share `slot`.
    bool writes = false;
    bool may_write = true;   // False: this primary may have been replaced by now.
    bool asking = false;     // The client said ASKING just before.
    bool read_only = false;  // The client said READONLY.
    bool several_keys = false;
    enum class Presence : std::uint8_t {
        all,
        some,
        none
    } present = Presence::all;           // Of its keys, here.
    bool allow_reads_when_down = false;  // cluster-allow-reads-when-down
};

struct Route {
    Verdict verdict = Verdict::serve;
    NodeIndex node = no_node;  // For moved and ask.
    bool operator==(const Route&) const = default;
};

Route route(const Topology& topology, const Question& question);

}  // namespace grapevine::slots
