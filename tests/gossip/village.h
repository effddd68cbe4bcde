// A village of cores: a network, disks and a clock in memory, all from one seed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gossip/codec.h"
#include "gossip/gossip.h"
#include "gossip/random.h"

namespace grapevine::gossip::testing {

inline constexpr Instant start{Duration{1'000'000}};

// One process: its core, its disk, and what it has announced.
struct House {
    std::size_t number = 0;
    std::size_t host_number = 0;  // Another's where two processes share a host.
    Settings settings;
    std::unique_ptr<Gossip> gossip;  // Null: the process is dead.
    std::string disk;                // The saved state; empty before the first save.
    Generation written = 0;          // The newest on the disk, of this process.
    bool stopped = false;            // SIGSTOP: its sockets live, it does not.
    bool accepts = true;             // False: whoever connects to it is refused.
    bool disk_works = true;
    std::optional<Save> unsaved;  // What a disk that does not work has not written.
    std::uint64_t offset = 0;
    std::uint64_t follow = 0;
    bool in_step = true;                  // A replica's: its primary's stream flows.
    bool primary_has_less = false;        // A replica's: than what is here.
    std::optional<Instant> silent_since;  // A replica's: since when it does not flow any more.
    bool writes_held = false;
    std::vector<Announcement> heard;          // All announcements since it was started.
    std::deque<std::function<void()>> inbox;  // What comes while it is stopped.

    unsigned moves = 0;  // How often it has got another address.

    std::string host() const {
        return "10.0." + std::to_string(moves) + "." + std::to_string(host_number + 1);
    }
};

// Everything that is on its way, in the order of time. Each direction of a connection keeps its
// order.
class Village {
public:
    explicit Village(std::uint64_t seed) : random_(seed) {}

    // Returns the new node's number; they count from 0.
    std::size_t add(Settings settings = {});
    // `primaries` primaries that share all slots, then `replicas` for each; waits until all agree
    // and nobody is new any more.
    void found(std::size_t primaries, std::size_t replicas, Settings settings = {});
    // The same, up to the very moment when all agree.
    void gather(std::size_t primaries, std::size_t replicas, const Settings& settings);
    // As CONFIG SET does.
    void configure(std::size_t number, const Settings& settings);

    void run(Duration duration);
    // Runs until `condition` holds; false when it does not within `limit`.
    bool run_until(const std::function<bool()>& condition, Duration limit);
    Instant now() const { return now_; }

    Gossip& node(std::size_t number) { return *houses_[number]->gossip; }
    House& house(std::size_t number) { return *houses_[number]; }
    std::size_t size() const { return houses_.size(); }
    bool alive(std::size_t number) const { return houses_[number]->gossip != nullptr; }
    NodeId id(std::size_t number) const { return ids_[number]; }
    Status status(std::size_t number) { return node(number).status(now_); }
    MemberStatus member(std::size_t observer, std::size_t about);
    bool sees(std::size_t observer, std::size_t about, NodeFlag flag);
    // Nothing when nobody has it.
    std::optional<std::size_t> owner(std::size_t observer, std::uint16_t slot);

    // Writes to the slot.
    bool accepts(std::size_t number, std::uint16_t slot = 0);

    Result<std::string> obey(std::size_t number, const Order& order);
    void set_offset(std::size_t number, std::uint64_t offset);
    void kill(std::size_t number);     // SIGKILL: links end, connections are refused.
    void vanish(std::size_t number);   // Its host does: nobody is told.
    void restart(std::size_t number);  // From its disk.
    // An operator's mistake: a copy of its disk is started on another host, or on the same one with
    // other ports, and it goes on. Returns the copy's number.
    std::size_t clone(std::size_t number, bool on_same_host = false);
    void stop(std::size_t number);  // SIGSTOP.
    void resume(std::size_t number);
    void mend_disk(std::size_t number);
    // Nothing passes between the two sides any more, silently; heal() ends all cuts.
    void cut(const std::set<std::size_t>& side);
    void cut_pair(std::size_t a, std::size_t b);  // The same, between these two only.
    void heal() { cut_.clear(); }
    // Resets every link between two nodes; the next connection works.
    void reset_links(std::size_t a, std::size_t b);
    void set_delay(Duration least, Duration most) { delay_ = {least, most}; }

    template <typename What>
    std::size_t count(std::size_t number) {
        std::size_t found = 0;
        for (const auto& one : house(number).heard) found += std::holds_alternative<What>(one);
        return found;
    }
    std::size_t count(std::size_t number, Event::Kind kind);

    // Called for every message that leaves, with the sender's number.
    std::function<void(std::size_t, const Message&)> on_send;
    // Called after everything that happens.
    std::function<void()> after_each;

private:
    struct End {
        std::size_t house = 0;
        LinkId link;
    };
    struct Connection {
        End client;
        End server;
        bool open = true;
        Instant last_at[2]{};  // When the last thing sent arrives, by direction.
        std::optional<Instant> unacknowledged_since;  // By the server's kernel.
        bool told = false;                            // The client, that it is.
    };
    using Key = std::pair<std::size_t, LinkId>;

    void at(Instant when, std::function<void()> what);
    void boot(std::size_t number, const State& state, bool restarted);
    void tick(std::size_t number, const Gossip* process);
    void tell_acknowledgements(std::size_t number);
    void carry_out(std::size_t number, Effects effects);
    void save(std::size_t number, const Save& save);
    void connect(std::size_t number, const Connect& request);
    void establish(std::size_t client, LinkId link, std::size_t server);
    void send(std::size_t number, const Send& message);
    void end(const std::shared_ptr<Connection>& connection, std::size_t ended_by);
    void announce(std::size_t number, const Announcement& announcement);
    void replicate(std::size_t number);
    void tell(std::size_t number, std::function<Effects(Gossip&)> what);
    bool is_cut(std::size_t a, std::size_t b) const;
    Duration delay() {
        const auto span = static_cast<std::uint64_t>((delay_.second - delay_.first).count());
        return delay_.first + Duration{static_cast<std::int64_t>(random_.below(span + 1))};
    }

    Random random_;
    Instant now_ = start;
    std::uint64_t sequence_ = 0;
    std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> queue_;
    std::vector<std::unique_ptr<House>> houses_;
    std::vector<NodeId> ids_;
    std::map<Key, std::shared_ptr<Connection>> connections_;
    std::set<std::pair<std::size_t, std::size_t>> cut_;
    std::pair<Duration, Duration> delay_{Duration{0}, Duration{2}};
};

}  // namespace grapevine::gossip::testing
