#include "node/replication/upstream.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "node/io/socket.h"
#include "node/observe/log.h"
#include "node/replication/keepsakes.h"
#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

constexpr std::uint64_t much_under_way = 16u << 20;  // Bytes that workers have not applied.
constexpr std::uint64_t longest_pause_ms = 1000;

std::uint64_t pause_ms(unsigned failures) {
    constexpr std::uint64_t first_pause_ms = 20;
    return std::min(first_pause_ms << std::min(failures, 10u), longest_pause_ms);
}

}  // namespace

Upstream::Upstream(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                   Lookup lookup, const Settings& settings, std::string host, std::uint16_t port,
                   Past past, Events events)
    : journal_(journal),
      keepers_(keepers),
      settings_(settings),
      host_(std::move(host)),
      port_(port),
      past_(std::move(past)),
      events_(std::move(events)),
      down_since_(now()),
      applier_(journal, keepers, lookup,
               {.moved =
                    [this] {
                        events_.moved();
                        read_as_fast_as_workers();
                    },
                .asked = [this] { acknowledge(); },
                .failed =
                    [this](const std::string& error) {
                        log::warn("replicated command failed error=\"{}\"", error);
                    }}),
      again_(journal.loop(), [this] { connect(); }) {
    applier_.restart(std::max(journal.database(), 0));
    connect();
}

Past Upstream::past() const {
    Past past = past_;
    if (in_step_) {
        past.confirmed = journal_.end();
        past.saved = 0;
        past.of_shard = true;
    }
    return past;
}

// --- The connection.

void Upstream::connect() {
    set_state(State::connecting);
    heard_at_ = now();
    connector_ = std::make_unique<io::Connector>(
        journal_.loop(), host_, port_,
        io::Connector::Events{
            .connected = [this](int descriptor) { connected(descriptor); },
            .failed = [this](const io::ConnectFailure& failure) { broken(failure.reason); }});
}

void Upstream::connected(int descriptor) {
    io::set_no_delay(descriptor);
    connection_ = std::make_unique<io::Stream>(
        journal_.loop(), descriptor,
        io::Stream::Events{.received = [this](std::string_view bytes) { receive(bytes); },
                           .ended = [this](io::End) { broken("it closed the connection"); }});
    connector_.reset();
    set_state(State::greeting);
    follower_ = std::make_unique<Follower>(introduction());
    connection_->send(follower_->hello());
}

Introduction Upstream::introduction() const {
    Introduction self{.port = settings_.port,
                      .address = settings_.address,
                      .user = settings_.user,
                      .password = settings_.password};
    if (past_.known) {
        self.id = journal_.lineage().id;
        self.offset = journal_.end();
        self.inquires = may_refuse() || !past_.lost_writes.empty();
    }
    return self;
}

void Upstream::broken(const std::string& reason) {
    if (reason != last_reason_ || failures_ == 0) {
        log::warn("link to the primary is down primary={}:{} reason=\"{}\"", host_, port_, reason);
    }
    last_reason_ = reason;
    connection_.reset();
    connector_.reset();
    applier_.forget_rest();
    abandon_loading();
    set_state(State::waiting);
    again_.once(pause_ms(failures_++));
}

void Upstream::cut() {
    if (connection_) broken("an operator cut it");
}

void Upstream::set_state(State state) {
    const bool was_up = up();
    state_ = state;
    if (up() == was_up) return;
    if (!up()) down_since_ = now();
    if (up()) {
        in_step_ = true;
        past_.lost_writes.clear();  // From now on it has nothing of its own.
        past_.ordered = false;
    }
    events_.changed();
}

// --- What the primary says.

void Upstream::receive(std::string_view bytes) {
    heard_at_ = now();
    const auto connection = connection_.get();
    const auto all = follower_->receive(bytes);
    for (const auto& heard : all) {
        std::visit([this](const auto& what) { hear(what); }, heard);
        if (connection_.get() != connection) return;  // It broke meanwhile.
    }
    read_as_fast_as_workers();
}

void Upstream::hear(const Say& say) {
    connection_->send(say.bytes);
}

bool Upstream::may_refuse() const {
    return settings_.keeps_fuller_data && !past_.ordered && past().has_something();
}

// What the primary has lost does not become old while nobody has more.
void Upstream::refuse_less() {
    if (!in_step_ && !std::exchange(refused_, true)) down_since_ = now();
    events_.changed();
    broken("it has come back with less data than this node has, which keeps its own");
}

// Before anything is given up. A disk that takes no file holds the resync up: what is lost is not
// lost in silence.
void Upstream::hear(const History& history) {
    const auto refusal = may_refuse()
                             ? refusal_of(history, past(), journal_.lineage(), journal_.end())
                             : Refusal::none;
    keeps_data_ = keeps_data_ || refusal == Refusal::for_good;
    has_less_ = refusal == Refusal::until_written;
    if (keeps_data()) return refuse_less();
    if (std::exchange(refused_, false)) events_.changed();  // It has taken writes since.
    const auto fork = fork_of(history, journal_.lineage(), past_.confirmed, journal_.end());
    if (!must_keep(past_, fork)) return;
    const auto lost = lost_writes(journal_.backlog(), fork);
    const auto kept = lost ? keep_lost_writes(*lost, fork) : Result<void>(lost.error());
    if (!kept) {
        return broken("writes that only this node has cannot be kept in " + past_.lost_writes +
                      ": " + kept.error().text);
    }
    past_.kept_from = fork;
}

Result<void> Upstream::keep_lost_writes(const LostWrites& lost, Offset fork) const {
    const auto kept = keep(lost, past_.lost_writes, settings_.dump);
    if (!kept) return kept.error();
    if (!kept->commands.empty()) {
        log::warn("writes that only this node had are kept file={} writes={} fork={} end={}{}",
                  kept->commands, lost.count, fork, journal_.end(),
                  lost.complete ? "" : " incomplete: the backlog did not reach back to the fork");
    }
    if (lost.complete) return {};
    if (kept->dump.empty()) {
        log::warn("older writes that only this node had are lost: no dump has them fork={} end={}",
                  fork, journal_.backlog().begin());
        return {};
    }
    const std::filesystem::path dump(kept->dump);
    log::warn(
        "the last dump is kept, it may have older writes that only this node had: read it with "
        "grapevine-server --port PORT --save '' --dir {} --dbfilename {} fork={} end={}",
        dump.parent_path().string(), dump.filename().string(), fork, journal_.backlog().begin());
    return {};
}

void Upstream::hear(const FullSync& sync) {
    const bool ends_before =
        in_step_ && past_.known && sync.id != journal_.lineage().id && sync.offset < journal_.end();
    keeps_data_ = keeps_data_ || (ends_before && settings_.keeps_fuller_data && !past_.ordered);
    if (keeps_data()) return refuse_less();
    if (!past_.known && !past_.lost_writes.empty() && journal_.end() > 0) {
        log::warn("writes that only this node had are lost, if there were any: nobody kept count");
    }
    log::notice("full sync from the primary id={} offset={}", sync.id.text(), sync.offset);
    full_sync_ = sync;
    set_state(State::syncing);
}

// A full sync that was agreed to before that has replaced nothing yet, unless it is being loaded.
void Upstream::keep_data() {
    keeps_data_ = true;
    if (full_sync_ && !loader_) refuse_less();
}

void Upstream::hear(const Payload& payload) {
    if (!loader_) begin_loading();
    if (auto fed = loader_->feed(payload.bytes); !fed) broken(fed.error().text);
}

// The keys are still on their way to the workers; so is, behind them, all that comes now.
void Upstream::hear(const PayloadEnd&) {
    if (!loader_) begin_loading();
    if (auto whole = loader_->finish(); !whole) return broken(whole.error().text);
    journal_.lineage() = {full_sync_->id, journal::parse_formers(loader_->origin().formers)};
    journal_.backlog().restart(full_sync_->offset);
    applier_.restart(loader_->origin().database);
    full_sync_.reset();
    once_workers_are_here([this] { loaded(); });
}

// Nothing happens when the load was given up meanwhile.
void Upstream::once_workers_are_here(std::function<void()> then) {
    journal_.barrier({},
                     [self = std::weak_ptr(self_), load = loads_, then = std::move(then)](Offset) {
                         const auto still_there = self.lock();
                         if (still_there && (*still_there)->loads_ == load) then();
                     });
}

void Upstream::begin_loading() {
    ++loads_;
    past_.known = past_.whole = false;
    past_.lost_writes.clear();  // Nothing of its own is left from now on.
    events_.new_history();
    loader_ = std::make_unique<Loader>(journal_, keepers_, [this] { read_as_fast_as_workers(); });
    events_.changed();
}

void Upstream::abandon_loading() {
    full_sync_.reset();
    ++loads_;
    if (!loader_) return;
    loader_.reset();
    for (unsigned i = 0; i < keepers_.size(); ++i) {
        journal_.on_worker(i, [keeper = keepers_[i]] { clear(*keeper); });
    }
    events_.changed();
}

void Upstream::loaded() {
    log::notice("data of the primary is loaded bytes={}", loader_->bytes());
    loader_.reset();
    past_.known = past_.whole = true;
    failures_ = 0;
    events_.changed();
    // Whoever reads that the link is up finds no worker that still turns clients away.
    once_workers_are_here([this] {
        set_state(State::connected);
        acknowledge();
    });
}

void Upstream::hear(const Continue& go_on) {
    log::notice("goes on with the primary's stream id={} offset={}", go_on.id.text(),
                journal_.end());
    if (go_on.id != journal_.lineage().id) {
        events_.new_history();
        journal_.lineage().rename(go_on.id, journal_.end());
    }
    failures_ = 0;
    set_state(State::connected);
    acknowledge();
}

void Upstream::hear(const StreamBytes& stream) {
    if (auto fed = applier_.feed(stream.bytes); !fed) {
        past_.known = false;
        broken(fed.error().text);
    }
}

void Upstream::hear(const Failed& failed) {
    broken(failed.error.text);
}

// --- Pace.

void Upstream::acknowledge() {
    if (up()) connection_->send(request({"REPLCONF", "ACK", std::to_string(applier_.offset())}));
}

void Upstream::read_as_fast_as_workers() {
    if (!connection_) return;
    const auto under_way = loader_ ? loader_->under_way() : applier_.under_way();
    connection_->read_on(under_way < much_under_way);
}

void Upstream::each_second() {
    if (state_ == State::waiting) return;
    if (loader_ && connection_) connection_->send("\n");  // Loading takes time; this is alive.
    acknowledge();
    const bool silent = now() - heard_at_ > settings_.timeout_s * 1000;
    if (silent) broken("it was silent for too long");
}

LinkStatus Upstream::status() const {
    constexpr std::string_view names[] = {"connect", "connecting", "connecting", "sync",
                                          "connected"};
    return {.connected_from = connection_ && connection_->open()
                                  ? io::to_string(io::local_address(connection_->descriptor()))
                                  : "",
            .host = host_,
            .port = port_,
            .state = names[static_cast<std::size_t>(state_)],
            .up = up(),
            .in_step = in_step_,
            .loading = loading(),
            .whole = past_.known,
            .keeps_data = keeps_data(),
            .loaded_bytes = loader_ ? loader_->bytes() : 0,
            .last_heard_s = up() ? (now() - heard_at_) / 1000 : -1,
            .down_since_s = up() ? -1 : (now() - down_since_) / 1000};
}

}  // namespace grapevine::node::replication
