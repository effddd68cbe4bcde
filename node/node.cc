#include "node/node.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <signal.h>
#include <unistd.h>
#include <utility>

#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/bus_settings.h"
#include "node/commands/families.h"
#include "node/io/socket.h"
#include "node/observe/log.h"
#include "node/persistence/file_writer.h"
#include "node/persistence/load.h"
#include "node/session/families.h"

namespace grapevine::node {
namespace {

session::CommandTable make_table() {
    const auto keys = commands::key_families();
    std::vector<std::span<const commands::Command>> families(keys.begin(), keys.end());
    families.push_back(session::conversation_commands());
    families.push_back(session::transaction_commands());
    families.push_back(session::client_commands());
    const auto admin = admin::admin_families();
    families.insert(families.end(), admin.begin(), admin.end());
    return session::CommandTable(families);
}

std::string random_hex(std::size_t digits) {
    std::random_device device;
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) text += "0123456789abcdef"[device() % 16];
    return text;
}

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

// The file says which history its data belongs to: replicas need not take all of it again.
replication::Replication::Loaded whose(const persistence::Loaded& file) {
    const auto& origin = file.origin;
    replication::Replication::Loaded loaded;
    const auto id = journal::ReplicationId::parse(origin.id);
    if (id && origin.offset) loaded.lineage = {*id, journal::parse_formers(origin.formers)};
    loaded.offset = origin.offset.value_or(0);
    loaded.database = origin.database;
    loaded.shard = slots::ShardId::parse(origin.shard).value_or(slots::ShardId{});
    loaded.saved = origin.saved;
    loaded.has_keys = file.keys > 0;
    return loaded;
}

unsigned workers_of(const config::Config& config) {
    if (config.cluster_enabled || config.io_threads == 1) return config.io_threads;
    log::notice(
        "one worker outside cluster mode, whatever io-threads says: commands may name keys of any "
        "slots");
    return 1;
}

}  // namespace

Node::Node(Start start)
    : config_(std::make_shared<const config::Config>(std::move(start.config))),
      table_(make_table()),
      journal_(config_->repl_backlog_size),
      facts_(main_loop_, [this] { tell_bus(writes_held_); }) {
    store::set_hash_seed(random_seed());
    services_.main_loop = &main_loop_;
    services_.journal = &journal_.journal();
    services_.run_id = random_hex(40);
    services_.executable = std::move(start.executable);
    services_.config_file = std::move(start.config_file);
    services_.started_wall_ms = main_loop_.wall_ms();
    services_.current_config = [this] { return config_; };
    services_.apply_config = [this](config::Config changed) { apply(std::move(changed)); };
    services_.shut_down = [this](admin::Ending ending, std::function<void(Error)> refused) {
        main_loop_.post(
            [this, ending, refused = std::move(refused)] { shut_down(ending, refused); });
    };
    services_.abort_shutdown = [this](std::function<void(bool)> answer) {
        main_loop_.post([this, answer = std::move(answer)] { answer(abort_shutdown()); });
    };
    const unsigned count = workers_of(*config_);
    const int databases = config_->cluster_enabled ? 1 : static_cast<int>(config_->databases);
    for (unsigned index = 0; index < count; ++index) {
        workers_.push_back(std::make_unique<Worker>(Worker::Place{index, count}, databases,
                                                    random_seed(), table_, journal_.journal(),
                                                    *this));
    }
}

Node::~Node() {
    listeners_.clear();
    stop_threads();
}

Result<std::unique_ptr<Node>> Node::make(Start start) {
    std::unique_ptr<Node> node(new Node(std::move(start)));
    if (auto ready = node->prepare(); !ready) return ready.error();
    return node;
}

Result<void> Node::prepare() {
    if (auto listening = listen(); !listening) return listening;
    const auto loaded = load_data();
    if (!loaded) return loaded.error();
    introduce();
    if (config_->cluster_enabled) {
        if (auto open = open_bus(); !open) return open;
        const bool replica = bus_->topology()->me().role == slots::Role::replica;
        begin(replica ? replication::Role::replica : replication::Role::primary, *loaded);
        return {};
    }
    begin(config_->replicaof ? replication::Role::replica : replication::Role::primary, *loaded);
    if (config_->replicaof) journal_.replication().follow(first_primary());
    return {};
}

// Whom a replica follows: by the configuration, or by the map that it has kept.
replication::Replication::Target Node::first_primary() const {
    if (config_->replicaof) {
        return {.host = config_->replicaof->host, .port = config_->replicaof->port};
    }
    const auto map = bus_ ? bus_->topology() : nullptr;
    const auto primary = map ? map->my_primary() : slots::no_node;
    if (primary == slots::no_node || primary == map->self) return {};
    const auto& place = map->nodes[primary].endpoint;
    return {.host = place.host, .port = place.port};
}

// Workers and the journal thread hear of each other. What was loaded before counts as saved.
void Node::introduce() {
    std::vector<session::Dispatcher*> dispatchers;
    std::vector<journal::Journal::Worker> sources;
    std::vector<replication::Replication::Worker> followers;
    for (auto& each : workers_) {
        auto* worker = each.get();
        dispatchers.push_back(&worker->dispatcher());
        sources.push_back({&worker->loop(), &worker->keeper().effects()});
        followers.push_back({&worker->keeper(), [worker](const replication::Standing& standing) {
                                 worker->stand(standing);
                             }});
        worker->watch_saves([this] { return journal_.persistence().status().last_failed; });
    }
    journal_.attach(
        sources, std::move(followers),
        [this](std::string_view name) -> const commands::Command* {
            const auto* entry = table_.find(name);
            return entry == nullptr ? nullptr : entry->command;
        },
        replication_settings(*config_), persistence_settings(*config_));
    journal_.replication().on_change(
        [this] { main_loop_.post([this] { tell_bus(writes_held_); }); });
    services_.replication = &journal_.replication();
    services_.persistence = &journal_.persistence();
    for (auto& worker : workers_) {
        worker->dispatcher().set_peers(dispatchers);
        worker->apply(config_);
    }
}

void Node::begin(replication::Role role, const std::optional<persistence::Loaded>& file) {
    std::optional<replication::Replication::Loaded> loaded;
    if (file) loaded = whose(*file);
    if (bus_) shard_ = bus_->topology()->me().shard;
    journal_.replication().begin(role, shard_, first_primary(), loaded);
    if (bus_) tell_bus(false);  // Before anybody hears of this node.
}

// Nothing when there is no file.
Result<std::optional<persistence::Loaded>> Node::load_data() {
    const std::string path = config_->dir + '/' + config_->dbfilename;
    if (!config_->cluster_enabled && !config_->save.empty()) {
        auto lock = io::FileLock::take(path + ".lock");
        if (!lock) return lock.error();
        lock_ = std::make_unique<io::FileLock>(std::move(*lock));
    }
    persistence::remove_leftovers(path);
    if (!io::file_exists(path)) return std::optional<persistence::Loaded>{};
    std::vector<commands::Keeper*> keepers;
    for (auto& worker : workers_) keepers.push_back(&worker->keeper());
    const auto loaded = persistence::load_file(path, keepers, main_loop_.wall_ms());
    if (!loaded) return loaded.error();
    log::notice("DB loaded from disk: keys={} expired={}", loaded->keys, loaded->expired);
    return std::optional(*loaded);
}

Result<void> Node::listen() {
    const auto backlog = static_cast<int>(config_->tcp_backlog);
    const auto keep = [this](int descriptor) {
        listeners_.push_back(std::make_unique<io::Listener>(
            main_loop_, descriptor, [this](int caller) { accept(caller); }));
    };
    for (std::string_view host : config_->bind) {
        if (config_->port == 0) break;
        const bool optional = host.starts_with('-');
        if (optional) host.remove_prefix(1);
        const auto descriptor = io::listen_tcp(std::string(host), config_->port, backlog);
        if (descriptor) {
            keep(*descriptor);
        } else if (!optional) {
            return descriptor.error();
        }
    }
    if (!config_->unixsocket.empty()) {
        const auto descriptor =
            io::listen_unix(config_->unixsocket, config_->unixsocketperm, backlog);
        if (!descriptor) return descriptor.error();
        keep(*descriptor);
    }
    return {};
}

Result<void> Node::open_bus() {
    bus::BusOptions options;
    options.gossip = gossip_settings(*config_);
    options.bind = config_->bind;
    options.port = bus_port(*config_);
    options.backlog = static_cast<int>(config_->tcp_backlog);
    options.state_file = config_->cluster_config_file;
    options.send_limit = config_->cluster_link_sendbuf_limit;
    options.trust = trust_of(*config_);
    options.places = seeds_of(*config_);
    options.seed = random_seed();
    std::vector<io::Loop*> loops;
    for (auto& worker : workers_) loops.push_back(&worker->loop());
    auto opened = bus::Bus::open(main_loop_, std::move(options), loops, *this);
    if (!opened) return opened.error();
    bus_ = std::move(*opened);
    services_.bus = bus_.get();
    for (auto& worker : workers_) {
        worker->dispatcher().set_topology(bus_->topology(), 0);
        worker->dispatcher().set_lease(lease_);
    }
    return {};
}

void Node::run() {
    signals_ =
        std::make_unique<io::Signals>(main_loop_, std::initializer_list<int>{SIGTERM, SIGINT},
                                      [this](int number) { told_to_end(number); });
    journal_.start();
    for (auto& worker : workers_) worker->start();
    if (bus_) facts_.every(static_cast<std::uint64_t>(gossip::Timing{}.tick.count()));
    log::notice("Ready to accept connections");
    main_loop_.run();
    stop_threads();
    signals_.reset();
    listeners_.clear();
    bus_.reset();
    log::warn("Grapevine is now ready to exit, bye bye...");
}

// The worker with the fewest connections gets the next one.
void Node::accept(int descriptor) {
    const auto least =
        std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
            return a->dispatcher().connections() < b->dispatcher().connections();
        });
    (*least)->dispatcher().welcome(descriptor);
}

void Node::on_workers(const std::function<void(Worker&)>& work) {
    for (auto& worker : workers_) {
        worker->loop().post([work, each = worker.get()] { work(*each); });
    }
}

void Node::apply(config::Config changed) {
    config_ = std::make_shared<const config::Config>(std::move(changed));
    on_workers([config = config_](Worker& worker) { worker.apply(config); });
    journal_.replication().configure(replication_settings(*config_));
    journal_.persistence().configure(persistence_settings(*config_));
    if (!bus_) return;
    bus_->configure(gossip_settings(*config_), config_->cluster_link_sendbuf_limit,
                    trust_of(*config_), seeds_of(*config_));
}

Result<void> Node::govern(session::Talk& talk) {
    admin::Request request{talk, services_};
    return talk.entry.command->govern(request);
}

std::vector<session::NodeLink> Node::links() {
    const auto status = journal_.replication().status();
    std::vector<session::NodeLink> links;
    for (const auto& replica : status.replicas) {
        links.push_back({replica.client, false, replica.connected_from, replica.connected_to,
                         replica.age_s, replica.lag_s});
    }
    if (status.link && !status.link->connected_from.empty()) {
        const auto& link = *status.link;
        links.push_back({0, true, io::to_string({link.host, link.port}), link.connected_from, 0,
                         std::max<std::int64_t>(link.last_heard_s, 0)});
    }
    return links;
}

void Node::cut(const session::NodeLink& link) {
    journal_.replication().cut(link.id);
}

// Whoever presses ^C again does not want to wait.
void Node::told_to_end(int signal) {
    if (stopping_ && signal == SIGINT) {
        log::warn("Received SIGINT again, exiting at once");
        std::_Exit(1);
    }
    log::warn("Received {}, scheduling shutdown...", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    shut_down({}, [](const Error& error) { log::warn("cannot exit: {}", error.text); });
}

void Node::shut_down(admin::Ending ending, std::function<void(Error)> refused) {
    ordered_end_.push_back(std::move(refused));
    if (waits_to_end_ && ending.now) return end(ending);
    if (std::exchange(stopping_, true)) return;
    log::warn("User requested shutdown...");
    // Nothing that is answered from now on could be missing in what is saved.
    hold_writes(session::Holder::shutdown, true);
    if (ending.now || config_->shutdown_timeout.count() == 0) return end(ending);
    waits_to_end_ = true;
    wait_for_replicas([this, ending, number = ++ends_] {
        main_loop_.post([this, ending, number] {
            if (waits_to_end_ && number == ends_) end(ending);
        });
    });
}

bool Node::abort_shutdown() {
    if (!waits_to_end_) return false;
    log::warn("Shutdown aborted by SHUTDOWN ABORT");
    stay(Error{"it was aborted"});
    return true;
}

void Node::stay(const Error& why) {
    stopping_ = waits_to_end_ = false;
    hold_writes(session::Holder::shutdown, false);
    for (const auto& refused : std::exchange(ordered_end_, {})) refused(why);
}

// What asks replicas how far they are is in the journal as well: it is saved only afterwards.
void Node::end(admin::Ending ending) {
    waits_to_end_ = false;
    const bool wanted = ending.save == admin::SaveOnExit::yes ||
                        (ending.save == admin::SaveOnExit::as_configured && !config_->save.empty());
    wanted ? save_then_leave(ending.force) : leave();
}

void Node::save_then_leave(bool force) {
    log::notice("Saving the final RDB snapshot before exiting.");
    journal_.persistence().save_last([this, force](const Result<void>& saved) {
        main_loop_.post([this, force, error = saved ? Error{} : saved.error()] {
            error.text.empty() || force ? leave() : stay(error);
        });
    });
}

// Until they have what was confirmed before writes were held. The barrier in front of the one that
// waiting begins with is for writes that one worker had passed to another.
void Node::wait_for_replicas(std::function<void()> then) {
    const auto patience = std::chrono::milliseconds(config_->shutdown_timeout).count();
    journal_.loop().post([this, patience, then = std::move(then)] {
        journal_.journal().barrier({}, [this, patience, then](journal::Offset) {
            journal_.journal().wait_for(journal::Gate::all_replicas, patience,
                                        [then](std::optional<unsigned>) { then(); });
        });
    });
}

// Peers elect a successor as soon as the bus is closed.
void Node::leave() {
    if (bus_) bus_->close();
    listeners_.clear();
    journal_.let_go([this] { main_loop_.stop(); });
}

void Node::stop_threads() {
    for (auto& worker : workers_) worker->stop();
    journal_.stop();
}

void Node::topology_changed(slots::TopologyPtr topology) {
    log::set_role(topology->me().role == slots::Role::replica ? log::Role::replica
                                                              : log::Role::primary);
    on_workers([topology, number = lease_.map_made()](Worker& worker) {
        worker.dispatcher().set_topology(topology, number);
    });
    if (const auto shard = topology->me().shard; std::exchange(shard_, shard) != shard) {
        // After the order to follow, if there is one: what it has so far is not of that shard.
        main_loop_.post([this, shard] { journal_.replication().set_shard(shard); });
    }
}

void Node::promoted() {
    journal_.replication().promote();
}

void Node::follow(const gossip::Follow& target) {
    const auto epoch = std::to_string(bus_->topology()->current_epoch);
    journal_.replication().follow(
        {target.endpoint.host, target.endpoint.port, target.number, target.shard,
         config_->dir + "/lost-writes-" + std::string(bus_->self().text()) + '-' + epoch,
         target.of_shard, target.ordered});
}

void Node::follow_nobody() {
    journal_.replication().promote();
    drop_slots(slots::SlotSet::all());
}

void Node::keep_data() {
    journal_.replication().keep_data();
}

// The rumour may tell where the writes ended only after every worker has stopped them. The second
// barrier is for writes that one worker had passed to another when it stopped.
void Node::writes_paused() {
    writes_held_ = false;
    const auto told = [this, pause = ++pauses_](journal::Offset end) {
        main_loop_.post([this, pause, end] {
            if (pause != pauses_) return;  // It was over before.
            writes_held_ = true;
            paused_at_ = end;
            tell_bus(true);
        });
    };
    journal_.loop().post([this, told] {
        journal_.journal().barrier(
            [this](unsigned index) {
                workers_[index]->dispatcher().hold_writes(session::Holder::failover, true);
            },
            [this, told](journal::Offset) { journal_.journal().barrier({}, told); });
    });
}

// The way that the pause has gone, so that it does not come before it.
void Node::writes_resumed() {
    writes_held_ = false;
    ++pauses_;
    journal_.loop().post([this] { hold_writes(session::Holder::failover, false); });
    main_loop_.post([this] { tell_bus(writes_held_); });  // Before they are paused again.
}

void Node::hold_writes(session::Holder holder, bool hold) {
    on_workers([holder, hold](Worker& worker) { worker.dispatcher().hold_writes(holder, hold); });
}

void Node::tell_bus(bool writes_held) {
    if (!bus_) return;
    const auto status = journal_.replication().status();
    gossip::Replication facts;
    // A replica's 0 means "not whole", which a copy of what nobody has written to is not. What
    // a primary tells is exact: a replica that takes over by hand waits until it has that much.
    const bool is_copy = status.link && status.link->in_step;
    facts.offset = std::max<std::uint64_t>(status.offset, is_copy ? 1 : 0);
    if (writes_held) facts.offset = std::max(facts.offset, paused_at_);
    if (status.link && !status.link->whole) facts.offset = 0;
    facts.writes_held = writes_held;
    if (status.link) {
        facts.follow = status.link->number;
        facts.link_up = status.link->up;
        facts.in_step = status.link->in_step;
        facts.primary_has_less = status.link->keeps_data;
        const auto silence =
            status.link->up ? status.link->last_heard_s : status.link->down_since_s;
        facts.data_age = std::chrono::seconds(std::max<std::int64_t>(silence, 0));
    }
    bus_->replication(facts);
}

void Node::slots_lost(const slots::SlotSet& slots, const slots::NodeId&) {
    drop_slots(slots);
}

// Another node has these keys now. Replicas hear of each, since a DEL is all that they know.
void Node::drop_slots(const slots::SlotSet& slots) {
    on_workers([slots](Worker& worker) { worker.keeper().drop(slots); });
}

void Node::published(const gossip::Publish&) {}

}  // namespace grapevine::node
