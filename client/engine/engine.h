// The heart of a client: one thread that carries requests to the right node until they have ended.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <grapevine/call.h>
#include <grapevine/operation.h>
#include <grapevine/options.h>
#include <grapevine/pool.h>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/engine/caching.h"
#include "client/engine/helm.h"
#include "client/engine/inbox.h"
#include "client/engine/own_links.h"
#include "client/engine/wheel.h"
#include "client/io/loop.h"
#include "client/io/sockets.h"
#include "client/link/link.h"
#include "client/link/meter.h"
#include "client/route/router.h"

namespace grapevine::client {

// What an engine has done so far.
struct Counters {
    Count requests;   // Taken up.
    Count failures;   // That ended in an error.
    Count redirects;  // MOVED and ASK.
    Count retries;    // After other setbacks.
    Count fetches;    // Of the map.
    Count connections;
};

// Something to be done on an engine's thread, in its turn among the operations of the same thread.
template <typename Do>
class Errand final : public Operation, public Pooled {
public:
    explicit Errand(Do what) : Operation(Request()), do_(std::move(what)) {}
    void succeeded(const Reply&) override { end(); }
    void failed(Error&&) override { end(); }

private:
    void end() {
        do_();
        delete this;
    }
    Do do_;
};

class Engine final : LinkEvents {
public:
    // Errors: TLS, when its files will not do.
    static Result<std::unique_ptr<Engine>> make(std::vector<slots::Endpoint> seeds,
                                                Options options);
    ~Engine();  // Everything that is still on its way ends in CLOSED.

    // Blocks until a map is known or the patience is at an end: then what stood in the way.
    std::optional<Error> wait_for_map();

    // From any thread. The operation belongs to the engine until it has been told its end.
    void start(Operation& operation);
    // The same of several that are linked from the newest to the oldest by next_in_inbox; not on
    // the engine's thread.
    void start_all(Operation& newest, Operation& oldest);
    // After start() of what is `waited_for`: sleeps until unpark(), or does the engine's work
    // itself until then.
    void wait(Parker& parker);
    template <typename Do>
    void run_there(Do what) {
        start(*new Errand<Do>(std::move(what)));
    }
    // Blocks while more bytes wait than the options allow. Not on the engine's thread.
    void wait_for_room();
    bool on_thread() const;                              // Or on one that steers.
    Caching* caching() const { return caching_.get(); }  // Null: there is no cache.
    // On the engine's thread. The connection of `talk` is free for others when it is `clean`: as
    // new; otherwise it is closed.
    void end(Conversation& talk, bool clean);
    // On the engine's thread, in succeeded(): the answer was none, as if the node had refused with
    // `why`. The operation goes on.
    void reject(Operation& operation, std::string_view why);
    // On the engine's thread: at the end of this turn, with all others whose answers came with it.
    void wake_at_turn_end(Parker& waiting);

    const Options& options() const { return options_; }
    Figures figures() const;  // From any thread.

private:
    class Question;
    class OffsetQuestion;
    class Tracking;
    class Lookout;

    Engine(std::vector<slots::Endpoint> seeds, Options options,
           std::shared_ptr<io::TlsContext> tls);

    void run();
    void rest();
    bool may_rest() const;
    bool has_work() const;
    bool steer(Parker& parker);
    bool has_to_leave() const;
    void arrive();
    static bool may_be_steered(const Operation& operation);
    Operation* next_to_accept();
    void take_inbox();
    void accept(Operation& operation);
    void admit(Operation& operation);
    bool has_room_for(const Operation& operation) const;
    static std::size_t cost_of(const Operation& operation);
    void dispatch(Operation& operation);
    void due(Operation& operation);
    void follow(const route::Verdict& verdict, Operation& operation);
    void time_out(Operation& operation);
    void fail(Operation& operation, Effect effect, std::string text);
    void leave(Operation& operation);
    void close(Operation& operation, bool sent);
    void admit_waiting();
    Instant deadline_of(const Operation& operation) const;
    void dispatch_own(Operation& operation);
    void pause(Operation& operation);
    void end_pause(Operation& operation);
    void ended(Link& link, const std::string& reason);
    void settle(Link& link, Operation& operation, bool came_through);
    void look_at_own_links(Instant now);
    std::unique_ptr<Link> new_link(route::NodeIndex node, bool reading);
    Link& link_to(route::NodeIndex node, bool reading);
    Request greeting(bool reading) const;
    void turn_end();
    void before_sleep();
    void flush();
    void wake_waiting();
    void alarm();
    void set_alarm();
    void look_at_links(Instant now);
    void ask_for_map();
    void ask_for_offsets(Instant now);
    void learned(const Reply& reply, route::NodeIndex asked);
    void learn(route::SlotMap map);
    void not_learned(const std::string& why);
    void shut_down();
    bool is_tracked(const Link& link) const;
    void track(Link& link);
    void keep(const Link& link, Operation& operation, const Reply& reply);
    void compare_guard(std::uint16_t slot);
    void compare_guards();
    void look_out(Instant now);
    void log(const std::string& line) const;
    void tell_topology();
    void tell_setback(const Operation& operation, bool redirected);
    Meter& meter_of(route::NodeIndex node);

    void answered(Link& link, Operation& operation, const Reply& reply) override;
    void refused(Link& link, Operation& operation, std::string_view error) override;
    void lost(Link& link, Operation& operation, bool sent, const std::string& reason) override;
    bool pushed(Link& link, const Reply& message) override;
    void measured(Link& link, Duration took) override;
    void opened(Link& link) override;
    void closed(Link& link, bool was_open, const std::string& reason) override;
    void has_output(Link& link) override;

    Options options_;
    const std::shared_ptr<io::TlsContext> tls_;  // None: nothing is encrypted.
    Counters counters_;
    route::Router router_;
    io::Loop loop_;
    io::Sockets sockets_;
    Wheel wheel_;
    Inbox<Operation> inbox_;
    Queue<QueueHook> lobby_;  // Beyond bytes_in_flight.
    std::vector<std::unique_ptr<Link>>
        links_;  // By 2 * node, and 1 more for reading from replicas.
    OwnLinks own_links_;
    const std::unique_ptr<Caching> caching_;
    Instant next_lookout_{};
    std::vector<Link*> with_output_;
    std::vector<Parker*> to_wake_;
    std::unique_ptr<Question> question_;
    std::size_t bytes_in_flight_ = 0;
    bool admitting_ = false;  // In admit_waiting().
    Instant looked_at_{};
    Instant offsets_asked_{};
    unsigned offset_questions_ = 0;  // On their way.
    Instant alarm_at_ = Instant::max();
    bool closing_ = false;

    Helm helm_;
    Parker* steersman_ = nullptr;  // Of the thread that steers while it waits.
    Operation* held_ = nullptr;    // Taken from the inbox, with those after it, for the own thread.
    bool served_a_waiting_ = false;  // In this turn.
    Instant crowded_at_{};           // When several were waited for at a time.
    std::uint64_t connections_ended_ = 0;

    std::atomic<bool> sleeping_{false};  // Whoever puts something into the inbox has to wake us.
    std::atomic<bool> full_{false};      // More waits than bytes_in_flight.
    std::atomic<std::size_t> bytes_in_inbox_{0};
    std::atomic<bool> stop_{false};
    struct NamedMeter {
        explicit NamedMeter(std::string of) : name(std::move(of)) {}
        const std::string name;
        Meter meter;
    };
    route::SlotMap told_;            // To on_topology, last.
    mutable std::mutex mutex_;       // Of what follows.
    std::deque<NamedMeter> meters_;  // By node. Grows under the mutex, on the engine's thread.
    std::condition_variable changed_;
    bool has_map_ = false;
    std::string no_map_because_;
    std::thread thread_;
};

}  // namespace grapevine::client
