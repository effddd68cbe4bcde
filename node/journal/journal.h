// The one ordered stream of a node's effects: what feeds replicas and whoever else follows along.
//
// Lives on the journal thread; every function is for that thread unless it says otherwise.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/io/loop.h"
#include "node/io/timer.h"
#include "node/journal/backlog.h"
#include "node/journal/effects.h"
#include "node/journal/gate.h"
#include "node/journal/lineage.h"

namespace grapevine::node::journal {

class Journal {
public:
    struct Worker {
        io::Loop* loop;
        Effects* effects;  // Touched on the worker's thread only.
    };

    // Where the bytes come from: this node's workers, or a primary whose stream is passed on.
    enum class Source : std::uint8_t { workers, primary };

    Journal(io::Loop& loop, std::size_t backlog_bytes);

    // Once, before any of the loops runs.
    void attach(std::vector<Worker> workers);
    unsigned workers() const { return static_cast<unsigned>(queues_.size()); }
    io::Loop& loop() { return loop_; }

    // On worker `index`'s thread, at the end of its loop turn: what it did becomes one batch.
    void hand_over(unsigned index);

    // Runs `work` on a worker's thread, after everything that was sent there before.
    void on_worker(unsigned index, io::Task work);

    // One instant for all workers: each runs `on_worker(index)` on its thread, then `then(offset)`
    // runs here. What a worker did before its part lies before `offset`, what it does afterwards
    // lies behind. While a primary's stream is passed on, `offset` is what had been sent to the
    // workers when the barrier began. Barriers complete in the order in which they began.
    void barrier(std::function<void(unsigned index)> on_worker, std::function<void(Offset)> then);

    // Adds to the stream: a command of the node itself, or a primary's bytes.
    void append(std::string_view bytes);
    // Whoever waits for its own writes is told that they are nobody's when a primary's come
    // instead.
    void set_source(Source source);
    Source source() const { return source_; }

    Backlog& backlog() { return backlog_; }
    const Backlog& backlog() const { return backlog_; }
    Lineage& lineage() { return lineage_; }
    Offset end() const { return backlog_.end(); }
    // The database that a reader who starts at the end has to have selected; -1 when the stream
    // says so itself.
    int database() const { return database_; }
    void set_database(int database) { database_ = database; }

    // Called at the end of each loop turn in which the stream grew.
    void on_growth(std::function<void()> grown) { grown_ = std::move(grown); }

    // From any thread. Calls `done` on the journal thread when so many replicas have everything
    // that was done before, or after `timeout_ms` (0: never) with the number that have it, or
    // with nothing when this node passes on a primary's stream before.
    void wait_for(unsigned replicas, std::int64_t timeout_ms,
                  std::function<void(std::optional<unsigned>)> done);
    // Told by the replication: how far each replica is. `ask` is called when somebody waits for
    // more than they have confirmed.
    void confirmed(std::span<const Offset> offsets);
    void on_wait(std::function<void()> ask) { ask_replicas_ = std::move(ask); }

private:
    struct Barrier {
        std::size_t missing;  // Workers that have not come to it.
        Offset begun_at;
        std::function<void(Offset)> then;
    };
    struct Marker {};
    using Item = std::variant<std::string, Marker>;

    void arrived(unsigned index, Item item);
    void drain(std::deque<Item>& queue);
    void complete_barriers();
    void end_turn();
    void wait_together();
    void gate_holds(std::vector<Gate::Wish> wishes, Offset offset);
    void ring_at_next_deadline();

    io::Loop& loop_;
    Backlog backlog_;
    Lineage lineage_{random_replication_id()};
    std::vector<Worker> workers_;
    std::vector<std::deque<Item>> queues_;  // By worker: what waits behind a marker, and markers.
    std::deque<Barrier> barriers_;
    Source source_ = Source::workers;
    int database_ = -1;
    std::function<void()> grown_;
    bool has_grown_ = false;

    Gate gate_;
    std::vector<Gate::Wish> unplaced_;  // Wait for the barrier that tells their offset.
    bool placing_ = false;
    io::Timer deadline_;
    std::function<void()> ask_replicas_;
};

}  // namespace grapevine::node::journal
