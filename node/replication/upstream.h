// The link of a replica to its primary: made again whenever it breaks. In a cluster a replica that
// was in step does not let the same primary replace its data by less: that primary has come back
// without its own. Nor does it let another primary of its shard that has another history, and less
// of it; nor does a deposed primary let a successor that has lost what it took over. Nor does
// anybody let a primary that has no more than it found on its disk, when that is a beginning of
// what is here, or nothing and what is here is of its shard: nothing is lost by keeping more.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "node/io/connector.h"
#include "node/io/stream.h"
#include "node/io/timer.h"
#include "node/journal/journal.h"
#include "node/replication/applier.h"
#include "node/replication/follower.h"
#include "node/replication/loader.h"
#include "node/replication/past.h"
#include "node/replication/settings.h"
#include "node/replication/status.h"

namespace grapevine::node::replication {

// Lives on the journal thread.
class Upstream {
public:
    struct Events {
        std::function<void()> changed;  // up() or loading() is another than before.
        std::function<void()> moved;    // applied() is another than before.
        // What this node's replicas have belongs to another history.
        std::function<void()> new_history;
    };

    Upstream(journal::Journal& journal, std::span<commands::Keeper* const> keepers, Lookup lookup,
             const Settings& settings, std::string host, std::uint16_t port, Past past,
             Events events);
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;

    const std::string& host() const { return host_; }
    std::uint16_t port() const { return port_; }
    bool up() const { return state_ == State::connected; }
    bool in_step() const { return in_step_; }  // It has been up.
    bool loading() const { return loader_ != nullptr; }
    // Whether the data that is there is whole, and the journal's lineage and end describe it.
    bool known() const { return past_.known; }
    bool whole() const { return past_.whole; }  // Whether they do or not.
    Past past() const;                          // For the next primary that this node follows.
    Offset applied() const { return applier_.offset(); }
    LinkStatus status() const;

    void cut();  // As if the connection had broken.
    // Takes no other history from this primary any more: it has lost its data.
    void keep_data();
    bool keeps_data() const { return keeps_data_ || has_less_; }
    // An operator has ordered again what it does already.
    void obey() { past_.ordered = !up(); }
    void each_second();

private:
    enum class State : std::uint8_t { waiting, connecting, greeting, syncing, connected };

    void connect();
    void connected(int descriptor);
    void receive(std::string_view bytes);
    void broken(const std::string& reason);
    Introduction introduction() const;

    void hear(const Say& say);
    void hear(const History& history);
    void hear(const FullSync& sync);
    void hear(const Payload& payload);
    void hear(const PayloadEnd& end);
    void hear(const Continue& go_on);
    void hear(const StreamBytes& stream);
    void hear(const Failed& failed);

    bool may_refuse() const;
    void refuse_less();
    Result<void> keep_lost_writes(const LostWrites& lost, Offset fork) const;
    void begin_loading();
    void abandon_loading();
    void once_workers_are_here(std::function<void()> then);
    void loaded();
    void set_state(State state);
    void acknowledge();
    void read_as_fast_as_workers();
    Milliseconds now() const { return journal_.loop().monotonic_us() / 1000; }

    journal::Journal& journal_;
    std::span<commands::Keeper* const> keepers_;
    const Settings& settings_;
    std::string host_;
    std::uint16_t port_;
    Past past_;
    bool in_step_ = false;     // It has been connected().
    bool keeps_data_ = false;  // For as long as it follows this primary.
    bool has_less_ = false;    // So says the primary's history, until it has taken writes.
    bool refused_ = false;     // It has been refused, without having been in step.
    Events events_;
    State state_ = State::waiting;
    unsigned failures_ = 0;  // In a row.
    Milliseconds heard_at_ = 0;
    Milliseconds down_since_;
    std::string last_reason_;

    std::optional<FullSync> full_sync_;  // Announced, not yet whole.
    std::unique_ptr<Loader> loader_;
    std::uint64_t loads_ = 0;
    Applier applier_;

    io::Timer again_;
    std::unique_ptr<Follower> follower_;
    std::unique_ptr<io::Connector> connector_;
    std::unique_ptr<io::Stream> connection_;
    std::shared_ptr<Upstream*> self_ = std::make_shared<Upstream*>(this);
};

}  // namespace grapevine::node::replication
