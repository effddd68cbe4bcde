// Several requests of one read: parsed first, their buckets and entries fetched next, run last, so
// that their cache misses overlap.
#include "node/session/dispatcher.h"

namespace grapevine::node::session {
namespace {

constexpr std::size_t most_in_batch = 32;

// A typed line's arguments live in the reader, only until its next read.
bool outlives_next_read(std::span<const std::string_view> args, std::string_view input) {
    return args.empty() ||
           (args[0].data() >= input.data() && args[0].data() < input.data() + input.size());
}

}  // namespace

// Most requests of a pipeline ask for what the one before them asked for. Only rows whose key comes
// first are compared by name: a subcommand's name is more than one word.
const Entry* Dispatcher::row_of(std::span<const std::string_view> args) const {
    if (batch_.size() > 1) {
        const Parsed& last = batch_[batch_.size() - 2];
        const bool alike = last.keyed && last.entry->command->keys.first == 1 &&
                           arguments_[last.first_argument] == args[0];
        if (alike && last.entry->command->accepts(args.size())) return last.entry;
    }
    const auto found = table_.resolve(args);
    return found ? *found : nullptr;
}

void Dispatcher::parse_batch(Session& session, std::string_view input) {
    batch_.clear();
    arguments_.clear();
    std::size_t end = 0;
    while (batch_.size() < most_in_batch && end < input.size()) {
        const auto used = session.reader_.read(input.substr(end));
        if (!used) {
            if (batch_.empty()) session.refuse(used.error());
            return;  // The requests before it are answered first; then it is read again.
        }
        if (*used == 0) return;
        end += *used;
        const auto args = session.reader_.args();
        auto& parsed = batch_.emplace_back(Parsed{end,
                                                  static_cast<std::uint32_t>(arguments_.size()),
                                                  static_cast<std::uint32_t>(args.size()),
                                                  nullptr,
                                                  {},
                                                  false});
        arguments_.insert(arguments_.end(), args.begin(), args.end());
        if (args.empty()) continue;
        parsed.entry = row_of(args);
        if (parsed.entry != nullptr) {
            const auto& keys = parsed.entry->command->keys;
            parsed.keyed = keys.first > 0 && static_cast<std::size_t>(keys.first) < args.size();
            if (parsed.keyed)
                parsed.key = store::make_key(args[static_cast<std::size_t>(keys.first)]);
        }
        if (!outlives_next_read(args, input)) return;
    }
}

void Dispatcher::prefetch_batch(const Session& session) {
    if (batch_.size() < 2) return;
    auto& keyspace = keeper_.databases()[session.manners.database];
    for (const auto& parsed : batch_) {
        if (parsed.keyed && keeper_.keeps(parsed.key.slot)) keyspace.prefetch_bucket(parsed.key);
    }
    for (const auto& parsed : batch_) {
        if (parsed.keyed && keeper_.keeps(parsed.key.slot)) keyspace.prefetch_entry(parsed.key);
    }
}

}  // namespace grapevine::node::session
