#include "gossip/effects.h"

namespace grapevine::gossip {

std::string_view name_of(Event::Kind kind) {
    using Kind = Event::Kind;
    switch (kind) {
        case Kind::node_joined:
            return "node joined";
        case Kind::node_forgotten:
            return "node forgotten";
        case Kind::node_moved:
            return "node moved";
        case Kind::peer_suspected:
            return "peer suspected";
        case Kind::peer_failed:
            return "peer failed";
        case Kind::peer_recovered:
            return "peer recovered";
        case Kind::vote_granted:
            return "vote granted";
        case Kind::vote_refused:
            return "vote refused";
        case Kind::election_started:
            return "election started";
        case Kind::election_won:
            return "election won";
        case Kind::election_lost:
            return "election lost";
        case Kind::epoch_collision:
            return "epoch collision";
        case Kind::slots_lost:
            return "slots lost";
        case Kind::primary_changed:
            return "primary changed";
        case Kind::primary_abdicated:
            return "primary abdicated";
        case Kind::replica_migrated:
            return "replica migrated";
        case Kind::manual_failover:
            return "manual failover";
        case Kind::serving:
            return "cluster serves";
        case Kind::not_serving:
            return "cluster does not serve";
        case Kind::fenced:
            return "fenced";
        case Kind::unfenced:
            return "no longer fenced";
        case Kind::resumed:
            return "went on after a stop";
        case Kind::data_kept:
            return "data kept from a primary that lost it";
        case Kind::message_refused:
            return "message refused";
    }
    return "unknown event";
}

}  // namespace grapevine::gossip
