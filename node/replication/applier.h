// Applies a primary's stream: each unit on the worker that owns its keys.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/commands/keeper.h"
#include "node/journal/journal.h"
#include "node/replication/unit_reader.h"

namespace grapevine::node::replication {

using journal::Offset;

// What a worker does with its part of the stream; touched on its thread only.
class WorkerPart {
public:
    WorkerPart(commands::Keeper& keeper, Lookup lookup) : keeper_(keeper), lookup_(lookup) {}

    // Whole commands; each unit's database was selected in front of it. The first error that a
    // command answered with, or an empty text: it applied differently than on the primary.
    std::string apply(std::string_view bytes);

private:
    std::string apply(std::span<const std::string_view> args);

    commands::Keeper& keeper_;
    Lookup lookup_;
    client::resp::RequestReader requests_;
    int database_ = 0;
};

// Lives on the journal thread. Whole units go into the journal as they came, for replicas of this
// replica; what is cut off by a lost link is asked for again.
class Applier {
public:
    struct Events {
        std::function<void()> moved;  // Workers applied something.
        std::function<void()> asked;  // The primary wants to know offset().
        std::function<void(const std::string& error)> failed;  // A command answered with an error.
    };

    Applier(journal::Journal& journal, std::span<commands::Keeper* const> keepers, Lookup lookup,
            Events events);

    // An error is final: the stream holds what this node cannot apply.
    Result<void> feed(std::string_view bytes);
    // The stream goes on behind journal.end() with another link, in `database`.
    void restart(int database);
    void forget_rest() { units_.forget_rest(); }

    int database() const { return units_.database(); }
    // Everything up to here has been applied by all workers.
    Offset offset() const;
    // Bytes that workers have not applied yet: when they are many, read no more.
    std::uint64_t under_way() const { return journal_.end() - offset(); }

private:
    // What was sent to the workers together.
    struct Chunk {
        Offset begin;
        unsigned missing;  // Workers that have not applied it.
    };

    void sort(const Unit& unit);
    void give(unsigned worker, const Unit& unit);
    void send(const std::shared_ptr<Chunk>& chunk, unsigned worker);
    void applied(const std::shared_ptr<Chunk>& chunk, const std::string& error);
    void answer_in_time();

    journal::Journal& journal_;
    Events events_;
    UnitReader units_;
    std::vector<std::shared_ptr<WorkerPart>> parts_;
    std::vector<std::string> outgoing_;  // By worker.
    std::vector<int> selected_;          // By worker: the database behind what was sent.
    std::deque<std::shared_ptr<Chunk>> chunks_;
    bool asked_ = false;
    Offset asked_at_ = 0;
    std::shared_ptr<Applier*> self_ = std::make_shared<Applier*>(this);
};

}  // namespace grapevine::node::replication
