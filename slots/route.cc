#include "slots/route.h"

namespace grapevine::slots {
namespace {

using Presence = Question::Presence;

Route route_migrating(const Topology& topology, const Question& question) {
    if (question.present == Presence::all) return {Verdict::serve};
    if (question.present == Presence::some) return {Verdict::try_again};
    return {Verdict::ask, topology.migrating_to[question.slot.number]};
}

bool serves_as_replica(const Topology& topology, const Question& question, NodeIndex owner) {
    return topology.me().role == Role::replica && question.read_only && !question.writes &&
           topology.my_primary() == owner;
}

}  // namespace

Route route(const Topology& topology, const Question& question) {
    if (!question.same_slot) return {Verdict::cross_slot};
    const NodeIndex owner = topology.owner[question.slot.number];
    if (!topology.serving && !(question.allow_reads_when_down && !question.writes)) {
        return {owner == no_node ? Verdict::unowned : Verdict::cluster_down};
    }
    if (owner == no_node) return {Verdict::unowned};
    if (owner == topology.self) {
        const bool fenced = topology.fenced || !question.may_write;
        if (fenced && question.writes) return {Verdict::cluster_down};
        if (topology.migrating_to[question.slot.number] == no_node) return {Verdict::serve};
        return route_migrating(topology, question);
    }
    if (question.asking && topology.importing_from[question.slot.number] != no_node) {
        const bool incomplete = question.several_keys && question.present != Presence::all;
        return {incomplete ? Verdict::try_again : Verdict::serve};
    }
    if (serves_as_replica(topology, question, owner)) return {Verdict::serve};
    return {Verdict::moved, owner};
}

}  // namespace grapevine::slots
