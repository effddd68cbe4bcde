#include "node/replication/primary.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include "node/io/socket.h"
#include "node/observe/log.h"
#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

constexpr std::string_view no_data =
    "-NOMASTERLINK Can't SYNC while not connected with my master\r\n";

}  // namespace

Primary::Primary(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                 const Settings& settings, Events events)
    : journal_(journal),
      keepers_(keepers),
      settings_(settings),
      events_(std::move(events)),
      gather_(journal.loop(), [this] { begin_full_sync(); }) {
    journal_.on_wait([this] { ask_replicas(); });
}

void Primary::take_over(int descriptor, std::string_view unread, Greeting greeting,
                        SyncRequest request) {
    const auto number = next_number_++;
    if (settings_.no_delay) io::set_no_delay(descriptor);
    auto& replica =
        *(replicas_[number] = std::make_unique<Replica>(
              journal_.loop(), descriptor, std::move(greeting), request,
              Replica::Events{
                  .confirmed = [this] { confirmed(); },
                  .moved =
                      [this] {
                          if (full_sync_) full_sync_->regulate();
                      },
                  .gone = [this, number](const std::string& why) { remove(number, why); },
              }));
    if (!serving_) {
        replica.refuse(no_data);
        return remove(number, "there is no data to give");
    }
    seconds_alone_ = 0;
    admit(replica);
    if (!unread.empty()) replica.receive(unread);
}

void Primary::admit(Replica& replica) {
    const auto& request = replica.request();
    if (can_continue(request)) {
        ++counts_.partial;
        const auto id = std::string(journal_.lineage().id.text());
        replica.go_on(
            replica.greeting().reads_new_id ? "+CONTINUE " + id + "\r\n" : "+CONTINUE\r\n",
            journal_.backlog(), request.offset);
        log::notice("replica goes on replica={} offset={}", to_string(replica.address()),
                    request.offset);
        return events_.changed();
    }
    if (!request.id.none()) ++counts_.refused;
    events_.changed();
    if (!full_sync_)
        gather_.once(static_cast<std::uint64_t>(std::max<std::int64_t>(settings_.delay_ms, 1)));
}

bool Primary::can_continue(const SyncRequest& request) const {
    return recording_ && journal_.lineage().continues(request.id, request.offset) &&
           journal_.backlog().holds(request.offset);
}

std::vector<Replica*> Primary::waiting() const {
    std::vector<Replica*> found;
    for (const auto& [number, replica] : replicas_) {
        if (replica->waits()) found.push_back(replica.get());
    }
    return found;
}

std::vector<Replica*> Primary::next_to_sync() const {
    auto replicas = waiting();
    std::erase_if(replicas,
                  [first = replicas.empty() ? nullptr : replicas.front()](Replica* other) {
                      return other->greeting().wants_data != first->greeting().wants_data;
                  });
    return replicas;
}

void Primary::begin_full_sync() {
    auto replicas = next_to_sync();
    if (full_sync_ || replicas.empty()) return;
    const bool records = journal_.source() == journal::Journal::Source::workers;
    log::notice("full sync begins replicas={}", replicas.size());
    full_sync_ = std::make_unique<FullSyncRun>(
        journal_, keepers_, settings_, std::move(replicas),
        FullSyncRun::Events{
            .at_instant =
                [this, records](unsigned worker) {
                    if (records) keepers_[worker]->effects().listen(true);
                },
            .began = [this](Offset) { full_sync_began(); },
            .ended = [this](const Result<void>& outcome) { full_sync_ended(outcome); },
        });
}

// A history begins when somebody starts to listen: what happened before is in no backlog.
void Primary::full_sync_began() {
    ++counts_.full;
    if (recording_) return;
    recording_ = true;
    journal_.lineage().replace(journal::random_replication_id());
}

void Primary::full_sync_ended(const Result<void>& outcome) {
    if (!full_sync_) return;
    const auto replicas = full_sync_->replicas();
    full_sync_.reset();
    if (!outcome) {
        log::warn("full sync failed reason=\"{}\"", outcome.error().text);
        std::erase_if(replicas_, [&](const auto& entry) {
            return std::ranges::find(replicas, entry.second.get()) != replicas.end();
        });
    }
    events_.changed();
    if (!waiting().empty()) begin_full_sync();
}

void Primary::remove(std::uint64_t number, const std::string& reason) {
    const auto found = replicas_.find(number);
    if (found == replicas_.end()) return;
    log::notice("replica is gone replica={} reason=\"{}\"", to_string(found->second->address()),
                reason);
    if (full_sync_) {
        full_sync_->forget(found->second.get());
        if (full_sync_->serves_nobody()) full_sync_.reset();
    }
    replicas_.erase(found);
    confirmed();
    events_.changed();
    if (!full_sync_ && !waiting().empty()) gather_.once(1);
}

void Primary::drop_all(const std::string& reason) {
    while (!replicas_.empty()) remove(replicas_.begin()->first, reason);
}

void Primary::drop(std::uint64_t client, const std::string& reason) {
    const auto found = std::ranges::find_if(replicas_, [client](const auto& entry) {
        return entry.second->greeting().client == client;
    });
    if (found != replicas_.end()) remove(found->first, reason);
}

void Primary::confirmed() {
    std::vector<Offset> offsets;
    for (const auto& [number, replica] : replicas_) {
        if (replica->online()) offsets.push_back(replica->confirmed());
    }
    for (const auto offset : offsets) best_confirmed_ = std::max(best_confirmed_, offset);
    journal_.confirmed(offsets);
}

void Primary::ask_replicas() {
    if (!replicas_.empty() && recording_) journal_.append(request({"REPLCONF", "GETACK", "*"}));
}

void Primary::pump() {
    for (const auto& [number, replica] : replicas_) replica->pump();
}

void Primary::each_second() {
    std::vector<std::pair<std::uint64_t, std::string>> lost;
    for (const auto& [number, replica] : replicas_) {
        replica->keep_alive();
        if (!replica->waits() && replica->silent_ms() > settings_.timeout_s * 1000) {
            lost.emplace_back(number, "it was silent for too long");
        } else if (replica->overruns(settings_.output)) {
            lost.emplace_back(number, "it reads too slowly");
        }
    }
    for (const auto& [number, reason] : lost) remove(number, reason);
    ping();
    forget_backlog_in_time();
    events_.changed();
}

void Primary::ping() {
    if (++seconds_since_ping_ < settings_.ping_period_s) return;
    seconds_since_ping_ = 0;
    const bool own_stream = journal_.source() == journal::Journal::Source::workers;
    if (own_stream && recording_ && !replicas_.empty()) journal_.append(request({"PING"}));
}

// Without replicas for long enough, recording for them is a waste. A replica keeps its primary's;
// and where a replica may take over, what none has confirmed is all that tells what is lost then.
void Primary::forget_backlog_in_time() {
    const bool own_stream = journal_.source() == journal::Journal::Source::workers;
    if (!replicas_.empty() || !own_stream || !recording_) {
        seconds_alone_ = 0;
        return;
    }
    if (settings_.backlog_ttl_s == 0 || ++seconds_alone_ < settings_.backlog_ttl_s) return;
    if (may_lose_writes()) {
        if (seconds_alone_ > settings_.backlog_ttl_s) return;
        return log::notice("backlog is kept, no replica has confirmed all of it");
    }
    recording_ = false;
    log::notice("backlog is given up, nobody asked for it");
    journal_.barrier([this](unsigned worker) { keepers_[worker]->effects().listen(false); }, {});
}

// Where nobody has had data of this node's, nobody can take over.
bool Primary::may_lose_writes() const {
    const bool shared = best_confirmed_ > 0 || counts_.full + counts_.partial > 0;
    return settings_.keeps_fuller_data && shared && journal_.end() > best_confirmed_;
}

unsigned Primary::good_replicas() const {
    return static_cast<unsigned>(std::ranges::count_if(replicas_, [this](const auto& entry) {
        const Replica& replica = *entry.second;
        return replica.online() && replica.status().lag_s <= settings_.good_lag_s;
    }));
}

void Primary::describe(Status& status) const {
    for (const auto& [number, replica] : replicas_) {
        if (!replica->greeting().payload_only) status.replicas.push_back(replica->status());
    }
    const auto& backlog = journal_.backlog();
    status.good_replicas = good_replicas();
    status.lineage = journal_.lineage();
    status.backlog_active = recording_;
    status.backlog_size = backlog.keep();
    status.backlog_first_byte = recording_ ? backlog.begin() + 1 : 0;
    status.backlog_bytes = recording_ ? backlog.end() - backlog.begin() : 0;
    status.full_syncs = counts_.full;
    status.partial_syncs = counts_.partial;
    status.partial_refused = counts_.refused;
}

}  // namespace grapevine::node::replication
