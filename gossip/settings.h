// What an operator may set about the bus. The names in the comments are those of redis.conf.
#pragma once

#include <cstddef>
#include <string>

#include "gossip/timing.h"
#include "slots/identity.h"

namespace grapevine::gossip {

struct Settings {
    Timing timing;
    // cluster-announce-ip (empty: peers take what they see), -port, -bus-port.
    slots::Endpoint announce;
    std::string hostname;                 // cluster-announce-hostname
    bool require_full_coverage = true;    // cluster-require-full-coverage
    bool replica_no_failover = false;     // cluster-replica-no-failover
    bool allow_replica_migration = true;  // cluster-allow-replica-migration
    std::size_t migration_barrier = 1;    // cluster-migration-barrier
    // cluster-crash-evidence: a link that ends and a refused new one make a peer suspect at once.
    bool crash_evidence = true;
    // The same for a peer whose kernel does not acknowledge what it is sent. Only where the shell
    // says so: see LinkEvent.
    bool host_evidence = false;
};

}  // namespace grapevine::gossip
