// A whole node: its threads and everything on them, put together, started and stopped in order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/admin/services.h"
#include "node/bus/bus.h"
#include "node/config/config.h"
#include "node/io/file.h"
#include "node/io/listener.h"
#include "node/io/loop.h"
#include "node/io/signals.h"
#include "node/io/timer.h"
#include "node/journal/journal.h"
#include "node/journal_thread.h"
#include "node/persistence/load.h"
#include "node/session/dispatcher.h"
#include "node/standing.h"
#include "node/worker.h"

namespace grapevine::node {

// What main() found out.
struct Start {
    config::Config config;
    std::string executable;   // Full path.
    std::string config_file;  // Full path; empty: none was given.
};

class Node final : public session::Host, public bus::BusListener {
public:
    // Takes ports and files, loads the data. An error says what stands in the way; then nothing was
    // started and nothing of another process was touched.
    static Result<std::unique_ptr<Node>> make(Start start);
    ~Node() override;

    // Serves until a signal or SHUTDOWN ends it.
    void run();

private:
    explicit Node(Start start);
    Result<void> prepare();
    Result<void> listen();
    void introduce();
    Result<void> open_bus();
    Result<std::optional<persistence::Loaded>> load_data();
    replication::Replication::Target first_primary() const;
    void begin(replication::Role role, const std::optional<persistence::Loaded>& file);
    void tell_bus(bool writes_held);
    void drop_slots(const slots::SlotSet& slots);
    void accept(int descriptor);
    void apply(config::Config changed);
    void hold_writes(session::Holder holder, bool hold);
    void on_workers(const std::function<void(Worker&)>& work);

    void told_to_end(int signal);
    void shut_down(admin::Ending ending, std::function<void(Error)> refused);
    bool abort_shutdown();
    void stay(const Error& why);
    void end(admin::Ending ending);
    void save_then_leave(bool force);
    void wait_for_replicas(std::function<void()> then);
    void leave();
    void stop_threads();

    // session::Host
    Result<void> govern(session::Talk& talk) override;
    std::vector<session::NodeLink> links() override;
    void cut(const session::NodeLink& link) override;

    // bus::BusListener, on the main thread.
    void topology_changed(slots::TopologyPtr topology) override;
    void lease_changed(std::int64_t until_us) override { lease_.tell(until_us); }
    void promoted() override;
    void follow(const gossip::Follow& target) override;
    void follow_nobody() override;
    void keep_data() override;
    void writes_paused() override;
    void writes_resumed() override;
    void slots_lost(const slots::SlotSet& slots, const slots::NodeId& owner) override;
    void published(const gossip::Publish& message) override;

    std::shared_ptr<const config::Config> config_;
    session::CommandTable table_;
    admin::Services services_;
    io::Loop main_loop_;    // The bus thread's.
    session::Lease lease_;  // Outlives the workers, which read it.
    slots::ShardId shard_;  // As replication was told.
    JournalThread journal_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<bus::Bus> bus_;
    std::vector<std::unique_ptr<io::Listener>> listeners_;
    std::unique_ptr<io::Signals> signals_;
    std::unique_ptr<io::FileLock> lock_;  // Of the data file, outside cluster mode.
    io::Timer facts_;                     // What the bus hears of replication, each tick.
    bool writes_held_ = false;
    journal::Offset paused_at_ = 0;  // Where the stream ended then: its status may be older.
    std::uint64_t pauses_ = 0;       // Grows when writes are paused, and when they go on.
    bool stopping_ = false;
    bool waits_to_end_ = false;                            // For replicas: SHUTDOWN ABORT ends it.
    std::uint64_t ends_ = 0;                               // How often that has begun.
    std::vector<std::function<void(Error)>> ordered_end_;  // Told when it does not come.
};

}  // namespace grapevine::node
