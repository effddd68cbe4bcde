#include "node/bus/bus.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "node/bus/event_text.h"
#include "node/io/socket.h"
#include "node/observe/log.h"

namespace grapevine::node::bus {

Result<std::unique_ptr<Bus>> Bus::open(io::Loop& loop, BusOptions options,
                                       const std::vector<io::Loop*>& workers,
                                       BusListener& listener) {
    auto lock = lock_state(options.state_file);
    if (!lock) return lock.error();
    auto loaded = load_state(options.state_file, options.seed);
    if (!loaded) return loaded.error();
    if (!loaded->warning.empty()) log::warn("{}", loaded->warning);
    std::unique_ptr<Bus> bus(
        new Bus(loop, std::move(options), workers, listener, *std::move(lock), *std::move(loaded)));
    if (auto listening = bus->listen(); !listening) return listening.error();
    bus->say_whether_open();
    return bus;
}

Bus::Bus(io::Loop& loop, BusOptions options, const std::vector<io::Loop*>& workers,
         BusListener& listener, io::FileLock lock, LoadedState loaded)
    : loop_(loop),
      options_(std::move(options)),
      listener_(listener),
      lock_(std::move(lock)),
      // Not the seed that the node's name was drawn from: other names are drawn from this one.
      gossip_(options_.gossip, loaded.state, loaded.restarted, ~options_.seed, now()),
      resolver_(loop),
      seeds_([this](const std::string& name, auto answer) { resolver_.resolve(name, answer); },
             [this](const gossip::Meet& order) { obey_now(order, [](const auto&) {}); }),
      watch_(workers),
      links_(loop, *this, limits_of(options_.gossip.timing, options_.send_limit), options_.trust),
      writer_(loop, options_.state_file,
              {[this](gossip::Generation generation) { saved(generation); },
               [this](gossip::Generation generation, const Error& error) {
                   not_saved(generation, error);
               }}),
      tick_(loop, [this] { tick(); }) {
    seeds_.plant(options_.places);
    tick_.every(static_cast<std::uint64_t>(options_.gossip.timing.tick.count()));
    loop_.post([this] { tick(); });  // A replica hears at once whom it follows.
}

Bus::~Bus() = default;

Result<void> Bus::listen() {
    for (const std::string& host : options_.bind) {
        const bool optional = host.starts_with('-');
        auto descriptor =
            io::listen_tcp(host.substr(optional ? 1 : 0), options_.port, options_.backlog);
        if (descriptor) {
            listen_on(*descriptor);
        } else if (!optional) {
            return Error{descriptor.error().text + " (the cluster bus)"};
        }
    }
    if (listeners_.empty()) return Error{"IO the cluster bus has no address to listen on"};
    return {};
}

void Bus::listen_on(int descriptor) {
    LastBreath last_breath(descriptor);
    listeners_.push_back({std::move(last_breath),
                          std::make_unique<io::Listener>(loop_, descriptor, [this](int accepted) {
                              links_.accept(accepted);
                          })});
}

void Bus::say_whether_open() const {
    if (options_.trust.current) return;
    log::warn(
        "the cluster bus is open: whoever reaches port {} can take slots and declare nodes failed. "
        "Set cluster-bus-key on all nodes, or keep strangers away from the port",
        options_.port);
}

void Bus::close() {
    closed_ = true;
    tick_.stop();
    listeners_.clear();
    links_.close_all();
}

gossip::Instant Bus::now() const {
    return gossip::Instant{gossip::Duration{loop_.monotonic_us() / 1000}};
}

void Bus::say_whether_silent() const {
    if (silent_) {
        log::warn("a worker is stuck for longer than cluster-node-timeout: the bus falls silent");
    } else {
        log::notice("all workers answer again: the bus speaks");
    }
}

// While a worker hangs, the bus behaves like a stopped process: it neither ticks nor listens.
void Bus::tick() {
    const bool hangs = !watch_.all_answer(now(), options_.gossip.timing.node_timeout);
    if (hangs != silent_) {
        silent_ = hangs;
        links_.read_on(!hangs);
        say_whether_silent();
    }
    if (silent_) return;
    links_.sweep();
    carry_out(gossip_.tick(now()));
    seeds_.tick(now(), gossip_.topology());
}

void Bus::obey(gossip::Order order, Answer answer) {
    loop_.post([this, order = std::move(order), answer = std::move(answer)]() mutable {
        obey_now(order, std::move(answer));
    });
}

void Bus::obey_now(const gossip::Order& order, Answer answer) {
    if (closed_) return answer(Error{"ERR this node is shutting down"});
    auto obeyed = gossip_.obey(order, now());
    carry_out(std::move(obeyed.effects));
    if (obeyed.promises == 0) return answer(std::move(obeyed.reply));
    unsaved_.push_back({obeyed.promises, std::move(obeyed.reply), std::move(answer)});
}

void Bus::report(std::function<void(std::shared_ptr<const Report>)> answer) {
    loop_.post([this, answer = std::move(answer)] { answer(report_now()); });
}

std::shared_ptr<const Report> Bus::report_now() const {
    Report report{gossip_.status(now()), links_.unsent()};
    report.links_cut = links_.cut();
    report.links_refused = links_.refused();
    report.authenticated = options_.trust.current.has_value();
    report.open_links = links_.count(Guard::Standing::open);
    report.previous_key_links = links_.count(Guard::Standing::previous_key);
    return std::make_shared<const Report>(std::move(report));
}

void Bus::history(std::function<void(const History&)> answer) {
    loop_.post([this, answer = std::move(answer)] { answer(history_); });
}

void Bus::replication(const gossip::Replication& facts) {
    loop_.post([this, facts] { carry_out(gossip_.replication(facts, now())); });
}

void Bus::publish(gossip::Publish message) {
    loop_.post([this, message = std::move(message)]() mutable {
        carry_out(gossip_.publish(std::move(message), now()));
    });
}

void Bus::configure(gossip::Settings settings, std::size_t send_limit, Trust trust,
                    std::vector<Seed> places) {
    loop_.post([this, settings = std::move(settings), send_limit, trust = std::move(trust),
                places = std::move(places)] {
        options_.gossip = settings;
        options_.send_limit = send_limit;
        options_.trust = trust;
        links_.set_limits(limits_of(settings.timing, send_limit));
        links_.set_trust(trust);
        seeds_.plant(places);
        carry_out(gossip_.configure(settings, now()));
    });
}

std::vector<Bus::Unsaved> Bus::take_unsaved(gossip::Generation until) {
    const auto first_later =
        std::find_if(unsaved_.begin(), unsaved_.end(),
                     [until](const Unsaved& waiting) { return waiting.generation > until; });
    std::vector<Unsaved> taken(std::make_move_iterator(unsaved_.begin()),
                               std::make_move_iterator(first_later));
    unsaved_.erase(unsaved_.begin(), first_later);
    return taken;
}

void Bus::saved(gossip::Generation generation) {
    carry_out(gossip_.saved(generation, now()));
    for (auto& done : take_unsaved(generation)) done.answer(std::move(done.reply));
}

void Bus::not_saved(gossip::Generation generation, const Error& error) {
    log::warn("the cluster state cannot be saved; trying again: {}", error.text);
    for (auto& failed : take_unsaved(generation)) {
        failed.answer(Error{"ERR error saving the cluster node config: " + error.text});
    }
}

// The order is part of gossip's contract: see gossip/effects.h.
void Bus::carry_out(gossip::Effects effects) {
    if (closed_) return;
    if (effects.save) writer_.save(*std::move(effects.save));
    for (const auto link : effects.close) links_.close(link);
    for (const auto& wanted : effects.connect) links_.connect(wanted);
    const auto lease = gossip_.lease();
    tell_lease(std::min(lease, lease_));
    // The workers get a map before peers hear what it claims: who is sent here must be served.
    const auto maps = std::stable_partition(
        effects.announce.begin(), effects.announce.end(), [](const auto& announcement) {
            return std::holds_alternative<gossip::TopologyChanged>(announcement);
        });
    std::for_each(effects.announce.begin(), maps, [this](auto& map) { announce(map); });
    for (const auto& [link, message] : effects.send) links_.send(link, message);
    std::for_each(maps, effects.announce.end(), [this](auto& other) { announce(other); });
    tell_lease(lease);
}

// A shorter one before the maps and a longer one after them.
void Bus::tell_lease(gossip::Instant lease) {
    if (lease == std::exchange(lease_, lease)) return;
    constexpr auto for_ever = std::numeric_limits<std::int64_t>::max();
    listener_.lease_changed(
        lease == gossip::Instant::max() ? for_ever : lease.time_since_epoch().count() * 1000);
}

namespace {

template <typename... Cases>
struct Either : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Either(Cases...) -> Either<Cases...>;

}  // namespace

void Bus::announce(gossip::Announcement& announcement) {
    std::visit(Either{
                   [this](gossip::TopologyChanged& it) {
                       listener_.topology_changed(std::move(it.topology));
                   },
                   [this](gossip::Promoted&) { listener_.promoted(); },
                   [this](gossip::Follow& it) { listener_.follow(it); },
                   [this](gossip::FollowNobody&) { listener_.follow_nobody(); },
                   [this](gossip::KeepData&) { listener_.keep_data(); },
                   [this](gossip::WritesPaused&) { listener_.writes_paused(); },
                   [this](gossip::WritesResumed&) { listener_.writes_resumed(); },
                   [this](gossip::SlotsLost& it) { listener_.slots_lost(it.slots, it.owner); },
                   [this](gossip::Published& it) { listener_.published(it.message); },
                   [this](gossip::Event& it) {
                       const std::string text = to_text(it);
                       const bool refusal = it.kind == gossip::Event::Kind::message_refused;
                       if (refusal && !complaints_.worth_saying(text, now())) return;
                       log::write(worrying(it.kind) ? log::Level::warning : log::Level::notice,
                                  "{}", text);
                       history_.add(loop_.wall_ms(), std::move(it));
                   },
               },
               announcement);
}

gossip::LinkId Bus::link_accepted(std::string remote, std::string local) {
    return gossip_.accepted(std::move(remote), std::move(local), now());
}

void Bus::link_changed(gossip::LinkId link, gossip::LinkEvent event) {
    carry_out(gossip_.link_event(link, event, now()));
}

bool Bus::message_received(gossip::LinkId link, const gossip::Message& message) {
    carry_out(gossip_.receive(link, message, now()));
    return gossip_.topology()->find(message.header.sender).has_value();
}

void Bus::link_refused(const std::string& peer, const std::string& reason) {
    const std::string host = peer.substr(0, peer.rfind(':'));
    const auto passed_over = complaints_.worth_saying(host + ' ' + reason, now());
    if (!passed_over) return;
    log::warn("bus connection refused peer={} reason={} unmentioned={}", peer, reason,
              *passed_over);
}

}  // namespace grapevine::node::bus
