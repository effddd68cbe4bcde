#include "node/replication/applier.h"

#include <array>
#include <utility>

#include "client/resp/writer.h"
#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

// Expiries come as commands: until then a key is there, whatever this node's clock says. (Primaries
// since Redis 6.2 speak of absolute times only.)
class TimeStandsStill {
public:
    explicit TimeStandsStill(store::Databases& databases)
        : databases_(databases), now_(databases.all().front()->now()) {
        databases_.set_now(0);
    }
    TimeStandsStill(const TimeStandsStill&) = delete;
    TimeStandsStill& operator=(const TimeStandsStill&) = delete;
    ~TimeStandsStill() { databases_.set_now(now_); }

private:
    store::Databases& databases_;
    store::Millis now_;
};

}  // namespace

std::string WorkerPart::apply(std::string_view bytes) {
    const TimeStandsStill still(keeper_.databases());
    std::string error;
    while (!bytes.empty()) {
        const auto read = requests_.read(bytes);
        if (!read || *read == 0) break;  // Cannot be: they were read before they were sent.
        bytes.remove_prefix(*read);
        if (auto failed = apply(requests_.args()); error.empty()) error = std::move(failed);
    }
    return error;
}

std::string WorkerPart::apply(std::span<const std::string_view> args) {
    std::array<char, 32> buffer;
    const auto name = args.empty() ? std::string_view{} : upper_case(args[0], buffer);
    if (name == "SELECT") {
        database_ = parse_number<int>(args[1]).value_or(0);
        return {};
    }
    const auto* command = lookup_(name);
    if (command == nullptr || command->run == nullptr) return {};  // MULTI, EXEC, PING, ...
    std::string answer;
    client::resp::Writer reply(answer);
    keeper_.run(*command, args, database_, reply);
    return answer.starts_with('-') ? std::string(name) + ": " + answer.substr(1) : std::string();
}

Applier::Applier(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                 Lookup lookup, Events events)
    : journal_(journal),
      events_(std::move(events)),
      units_(lookup, static_cast<int>(keepers.front()->databases().all().size())),
      outgoing_(keepers.size()),
      selected_(keepers.size(), -1) {
    for (auto* keeper : keepers) parts_.push_back(std::make_shared<WorkerPart>(*keeper, lookup));
}

void Applier::restart(int database) {
    units_.forget_rest();
    units_.select(database);
    journal_.set_database(database);
    asked_ = false;
}

Offset Applier::offset() const {
    return chunks_.empty() ? journal_.end() : chunks_.front()->begin;
}

Result<void> Applier::feed(std::string_view bytes) {
    units_.feed(bytes);
    const auto chunk = std::make_shared<Chunk>(Chunk{journal_.end(), 0});
    Result<void> outcome;
    while (true) {
        const auto unit = units_.next();
        if (!unit) outcome = unit.error();
        if (!unit || !*unit) break;
        sort(**unit);
    }
    for (unsigned i = 0; i < outgoing_.size(); ++i) {
        if (!outgoing_[i].empty()) send(chunk, i);
    }
    if (chunk->missing > 0) chunks_.push_back(chunk);
    answer_in_time();
    return outcome;
}

void Applier::sort(const Unit& unit) {
    journal_.append(unit.bytes);
    journal_.set_database(units_.database());
    if (unit.wants_ack) {
        asked_ = true;
        asked_at_ = journal_.end();
    }
    if (unit.whom == Unit::For::owner) {
        give(static_cast<unsigned>(unit.slot.number % outgoing_.size()), unit);
    } else if (unit.whom == Unit::For::everyone) {
        for (unsigned i = 0; i < outgoing_.size(); ++i) give(i, unit);
    }
}

void Applier::give(unsigned worker, const Unit& unit) {
    if (selected_[worker] != unit.database) {
        outgoing_[worker] += request({"SELECT", std::to_string(unit.database)});
    }
    outgoing_[worker] += unit.bytes;
    selected_[worker] = units_.database();
}

void Applier::send(const std::shared_ptr<Chunk>& chunk, unsigned worker) {
    ++chunk->missing;
    journal_.on_worker(worker,
                       [part = parts_[worker], chunk, self = std::weak_ptr(self_),
                        bytes = std::exchange(outgoing_[worker], {}), &loop = journal_.loop()] {
                           loop.post([self, chunk, error = part->apply(bytes)] {
                               if (const auto applier = self.lock())
                                   (*applier)->applied(chunk, error);
                           });
                       });
}

void Applier::applied(const std::shared_ptr<Chunk>& chunk, const std::string& error) {
    --chunk->missing;
    if (!error.empty()) events_.failed(error);
    while (!chunks_.empty() && chunks_.front()->missing == 0) chunks_.pop_front();
    answer_in_time();
    events_.moved();
}

void Applier::answer_in_time() {
    if (!asked_ || offset() < asked_at_) return;
    asked_ = false;
    events_.asked();
}

}  // namespace grapevine::node::replication
