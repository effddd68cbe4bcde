// How far the nodes are in their streams of replication, while reads of bounded lag ask for it.
#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);

// Of a reply to ROLE: [master, offset, replicas] or [slave, host, port, state, offset]. Nothing for
// a replica that is not connected to its primary.
std::optional<std::int64_t> offset_in(const Reply& role) {
    std::string kind;
    std::string state;
    std::int64_t offset = -1;
    std::size_t place = 0;
    for (const Reply field : role.elements()) {
        if (place == 0) kind = field.text();
        if (place == 3 && kind == "slave") state = field.text();
        if (place == (kind == "master" ? 1u : 4u)) offset = field.integer();
        ++place;
    }
    if (offset < 0 || (kind != "master" && state != "connected")) return {};
    return offset;
}

}  // namespace

// Asks one node; deletes itself at its end.
class Engine::OffsetQuestion final : public Operation {
public:
    OffsetQuestion(Engine& engine, route::NodeIndex node)
        : Operation(Request("ROLE", 0, Trait::reads)), engine_(engine), node_(node) {
        trip.pinned = true;
        trip.node = node;
        patience = 2 * period;
    }
    void succeeded(const Reply& reply) override { end(offset_in(reply)); }
    void failed(Error&&) override { end({}); }

private:
    void end(std::optional<std::int64_t> offset) {
        engine_.router_.offset(node_, offset, engine_.loop_.now());
        --engine_.offset_questions_;
        delete this;
    }
    Engine& engine_;
    route::NodeIndex node_;
};

void Engine::ask_for_offsets(Instant now) {
    if (closing_ || offset_questions_ > 0 || now - offsets_asked_ < period) return;
    if (!router_.wants_offsets()) return;
    offsets_asked_ = now;
    for (const route::NodeIndex node : router_.map().nodes()) {
        ++offset_questions_;
        accept(*new OffsetQuestion(*this, node));
    }
}

}  // namespace grapevine::client
