// One worker's clients and their requests: request -> row -> route -> owning worker -> reply.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "node/commands/keeper.h"
#include "node/config/config.h"
#include "node/io/loop.h"
#include "node/journal/journal.h"
#include "node/observe/stats.h"
#include "node/session/client_list.h"
#include "node/session/command_table.h"
#include "node/session/crossing.h"
#include "node/session/lease.h"
#include "node/session/session.h"
#include "node/session/talk.h"
#include "node/session/unit.h"
#include "slots/route.h"

namespace grapevine::node::session {

// What a worker cannot do by itself: the top of the house does it.
class Host {
public:
    virtual ~Host() = default;
    // Runs a command about the node: `talk.entry.command->govern`.
    virtual Result<void> govern(Talk& talk) = 0;
    // Connections of replication, as they stood at most a second ago; and the end of one of them.
    virtual std::vector<NodeLink> links() = 0;
    virtual void cut(const NodeLink& link) = 0;
};

// Why requests are turned away for now. Each is the error that the client reads; nothing: they are
// served.
struct Obstacles {
    std::optional<Error> loading;  // LOADING: only commands that do not touch keys.
    std::optional<Error> stale;    // MASTERDOWN: the same.
    std::optional<Error> writes;   // READONLY, NOREPLICAS, MISCONF.
};

// Who makes writes wait; each for itself.
enum class Holder : std::uint8_t { failover = 1, shutdown = 2, reload = 4 };

class Dispatcher {
public:
    // Peers: the dispatchers of all workers, by index, this one among them; set before any loop
    // runs.
    Dispatcher(io::Loop& loop, commands::Keeper& keeper, const CommandTable& table,
               journal::Journal& journal, Host& host);
    void set_peers(std::vector<Dispatcher*> peers);

    // --- From any thread.
    io::Loop& loop() { return loop_; }
    unsigned connections() const { return connections_.load(std::memory_order_relaxed); }
    void welcome(int descriptor);  // Takes over an accepted connection.

    // --- On the worker's thread.
    commands::Keeper& keeper() { return keeper_; }
    const CommandTable& table() const { return table_; }
    const config::Config& settings() const { return *settings_; }
    const slots::Topology* topology() const {
        return topology_.get();
    }  // Null outside cluster mode.
    observe::WorkerStats& stats() { return stats_; }
    journal::Journal& journal() { return journal_; }
    Host& host() { return host_; }
    std::span<Dispatcher* const> peers() const { return peers_; }
    Session* find(std::uint64_t session);
    void for_each(const std::function<void(Session&)>& visit);

    void set_settings(std::shared_ptr<const config::Config> settings);
    // `number`: see Lease::map_made.
    void set_topology(slots::TopologyPtr topology, std::uint64_t number);
    void set_lease(const Lease& lease) { lease_.watch(lease); }
    void set_obstacles(Obstacles obstacles) { obstacles_ = std::move(obstacles); }
    // Writes of this worker's clients wait instead of being answered until all who hold them have
    // let go. Those that it has passed on before have left for their workers when this returns.
    void hold_writes(Holder holder, bool hold);
    // Tries requests again that wait; to be called now and then, and when the keeper's role
    // changes.
    void retry_held();

    // To be called at the turns of the worker's loop.
    void begin_turn();
    void end_turn();
    void each_second();

    // Runs one request about keys that this worker keeps: routes it, then serves it or writes why
    // not.
    void serve(const Entry& entry, std::span<const std::string_view> args, const store::Key& key,
               const Asker& asker, client::resp::Writer& reply);

    // The same without a look at where its keys are.
    void serve_here(const Entry& entry, std::span<const std::string_view> args,
                    const store::Key& key, const Asker& asker, client::resp::Writer& reply);
    // Why this node does not serve all of the unit: its keys are looked at as those of one request.
    std::optional<Error> why_elsewhere(const Unit& unit);

    // Runs this worker's part of a request that is about no single key.
    void serve_part(const Entry& entry, std::span<const std::string_view> args, const Asker& asker,
                    client::resp::Writer& reply);

    // EXEC: runs what the client has queued; its next requests wait for the end of it.
    void start_transaction(Session& session);

private:
    friend class Session;
    friend class Answer;

    // A request as it was found in a client's buffer.
    struct Parsed {
        std::size_t end;  // Of its bytes in the buffer.
        std::uint32_t first_argument;
        std::uint32_t arguments;
        const Entry* entry;  // Null: `error` says why.
        store::Key key;      // Of its first key; valid when keyed.
        bool keyed;
    };
    enum class Outcome { done, later };  // later: the same request is to be tried again.

    // In dispatch.cc: what a client's request leads to.
    Outcome dispatch(Session& session, const Parsed& parsed);
    Outcome try_once(Session& session, const Parsed& parsed);
    Outcome dispatch_keyed(Session& session, const Parsed& parsed,
                           std::span<const std::string_view> args);
    Outcome dispatch_everywhere(Session& session, const Entry& entry,
                                std::span<const std::string_view> args);
    Outcome talk(Session& session, const Entry& entry, std::span<const std::string_view> args);
    std::optional<Error> refusal(const Session& session, const Entry& entry) const;
    // The same for what EXEC would run.
    std::optional<Error> refusal_of_queue(const Session& session, const Entry& entry) const;
    void reply_error(Session& session, const Error& error);
    void queue(Session& session, const Parsed& parsed, std::span<const std::string_view> args);
    bool must_hold(const Session& session, const Parsed& parsed);
    bool owns(slots::Slot slot) const;
    bool waits_for_lease();
    void look_at_lease();
    bool is_lease_lost();
    void note_write() { confirms_ = older(confirms_, term_); }
    // Whether what is about to be sent confirms a write that this node must not confirm any more.
    bool must_not_confirm();
    // After serving for a peer, which asked in its `term`: what the replies confirm there.
    Term confirms_for_peer(Term term);

    // In everywhere.cc: commands that every worker has a part in.
    using OwnedArguments = std::shared_ptr<const std::vector<std::string>>;
    bool refuse_everywhere(const Entry& entry, client::resp::Writer& reply);
    std::string part(const Entry& entry, const OwnedArguments& args, const Asker& asker);
    void ask_everywhere(Talk& talk, const OwnedArguments& args, const Asker& asker);
    void write_everywhere(Talk& talk, const OwnedArguments& args, const Asker& asker);
    void walk(Talk& talk, const OwnedArguments& args, const Asker& asker);

    // In execute.cc: EXEC.
    std::optional<Error> misplaced(Session& session, const Parsed& parsed,
                                   std::span<const std::string_view> args) const;
    void continue_transaction(Session& session);
    void run_part(Session& session, Unit unit, std::string header);

    // In batch.cc: several requests of one read, so that their cache misses overlap.
    void parse_batch(Session& session, std::string_view input);
    const Entry* row_of(std::span<const std::string_view> args) const;  // Null: there is none.
    void prefetch_batch(const Session& session);

    // In serve.cc.
    Error redirection(const slots::Route& route, slots::Slot slot) const;
    // Without what it says about keys.
    slots::Question question_about(slots::Slot slot, bool writes, const Asker& asker) const;
    slots::Question::Presence presence(const commands::Command& command,
                                       std::span<const std::string_view> args, int database);
    void send_crossings();
    void serve_crossing(Crossing& crossing);
    void deliver_crossing(const Crossing& crossing);

    // Writes a reply where the session's next one belongs.
    template <typename Write>
    void reply_to(Session& session, Write write);

    void open(int descriptor);
    void remove_ended();
    void drop(Session& session);

    io::Loop& loop_;
    commands::Keeper& keeper_;
    const CommandTable& table_;
    journal::Journal& journal_;
    Host& host_;
    std::vector<Dispatcher*> peers_;
    std::shared_ptr<const config::Config> settings_;
    slots::TopologyPtr topology_;
    Obstacles obstacles_;
    unsigned writes_held_ = 0;  // By these holders.
    LeaseView lease_;
    bool lease_over_ = false;  // As of the turn's beginning, or of retry_held(); so for a replica.
    Term term_ = first_term;
    Term confirms_ = no_write;         // What was written since replies were last sent.
    std::vector<std::uint64_t> held_;  // Sessions that wait for writes to be served.
    observe::WorkerStats stats_;

    std::unordered_map<std::uint64_t, std::unique_ptr<Session>> sessions_;
    std::vector<std::uint64_t> ended_;
    std::uint64_t next_session_ = 1;
    std::atomic<unsigned> connections_{0};

    // Used by one call of Session::received at a time.
    std::string out_;
    std::vector<Parsed> batch_;
    std::vector<std::string_view> arguments_;
    std::vector<std::unique_ptr<Crossing>> outgoing_;  // By worker.
};

// FLUSHALL, FLUSHDB: writes that no key leads to the node they are meant for.
bool writes_everywhere(const commands::Command& command);
// What a replica in a cluster answers to them, as Redis words it.
Error replica_error();

// Whether all keys of a request live in `slot`, the first one's.
bool shares_one_slot(const commands::Command& command, std::span<const std::string_view> args,
                     slots::Slot slot);

}  // namespace grapevine::node::session
