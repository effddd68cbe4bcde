// The part of the engine that has to do with connections of one's own.
#include "client/engine/engine.h"
#include "client/route/blocking.h"

namespace grapevine::client {

Instant Engine::deadline_of(const Operation& operation) const {
    const Duration patience =
        operation.patience == Duration{} ? Duration(options_.patience) : operation.patience;
    if (!has(operation.request.facts().traits, Trait::blocks))
        return operation.trip.started + patience;
    const auto waiting = route::server_timeout(operation.request.bytes());
    return waiting ? operation.trip.started + patience + *waiting : Instant::max();
}

// An errand, or a rest if it has a patience: there is nothing to send.
void Engine::pause(Operation& operation) {
    if (operation.patience == Duration{} || closing_) return operation.succeeded(Reply());
    operation.trip.deadline = loop_.now() + operation.patience;
    operation.admitted = true;  // So that somebody looks at the clock.
    bytes_in_flight_ += cost_of(operation);
    wheel_.add(operation, operation.trip.deadline);
}

void Engine::end_pause(Operation& operation) {
    if (loop_.now() < operation.trip.deadline)
        return wheel_.add(operation, operation.trip.deadline);
    leave(operation);
    operation.succeeded(Reply());
}

// What waits there counts not among the bytes in flight: it would keep others out for as long.
void Engine::dispatch_own(Operation& operation) {
    Conversation* talk = operation.request.facts().talk;
    const bool goes_on = talk != nullptr && talk->began;
    if (goes_on && (talk->link == nullptr || !talk->link->open()))
        return fail(operation, Effect::not_sent, "LOST the connection of one's own has ended");
    if (goes_on) {
        operation.trip.pinned = true;
        operation.trip.node = talk->link->node();
        operation.trip.asking = talk->asking;
    }
    const route::NodeIndex node = router_.route(operation.request.facts(), operation.trip);
    if (node == route::no_node)
        return fail(operation, Effect::not_sent, "UNREACHABLE no node is known");
    operation.trip.last_node = node;
    if (!operation.TimeHook::linked()) wheel_.add(operation, operation.trip.deadline);
    Link& link = goes_on ? *talk->link : own_links_.take(node, talk);
    link.send(operation);
}

// After an answer: whose is the connection now?
void Engine::settle(Link& link, Operation& operation, bool came_through) {
    Conversation* talk = link.use.talk;
    const bool over = came_through && operation.request.facts().ends_talk;
    if (over && talk != nullptr) talk->link = nullptr;
    if (talk == nullptr || over || (!talk->began && !came_through))
        return own_links_.give(link, loop_.now());
    if (talk->began) return;
    talk->began = true;
    talk->link = &link;
    talk->asking = operation.trip.asking;
}

void Engine::ended(Link& link, const std::string& reason) {
    Conversation* talk = link.use.talk;
    own_links_.give(link, loop_.now());
    if (talk == nullptr || talk->link != &link) return;
    talk->link = nullptr;
    talk->ended(reason);
}

void Engine::end(Conversation& talk, bool clean) {
    Link* link = std::exchange(talk.link, nullptr);
    if (link == nullptr) return;
    own_links_.give(*link, loop_.now());
    if (!clean || !link->idle()) link->drop("its owner has done with it");
}

void Engine::look_at_own_links(Instant now) {
    own_links_.each([&](Link& link) {
        const auto since = link.silent_since();
        const bool overdue = since && now - *since >= options_.connect_timeout;
        if (link.connecting() && overdue) return link.give_up_connecting(options_.connect_timeout);
        // Whoever waits there for a key waits at the wrong place.
        const bool replaced = overdue && !router_.map().is_primary(link.node());
        if (replaced && link.use.talk == nullptr) return link.drop("silent, and replaced");
        if (link.use.talk != nullptr && link.use.talk->link == &link) link.use.talk->look();
    });
    own_links_.tidy(now);
}

}  // namespace grapevine::client
