// Requests on their way to the worker that keeps their slot, and their replies on the way back: one
// parcel for each pair of workers and turn.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/resp/writer.h"
#include "node/session/command_table.h"
#include "node/session/lease.h"
#include "node/store/key.h"

namespace grapevine::node::session {

// On whose behalf a request about keys runs.
struct Asker {
    int database = 0;
    client::resp::Version version = client::resp::Version::resp2;
    bool asking = false;
    bool read_only = false;
};

class Crossing {
public:
    struct Item {
        std::uint64_t session;
        std::uint64_t place;
        const Entry* entry;
        Asker asker;
        slots::Slot slot;
        std::uint64_t hash;
        std::uint32_t first_argument;
        std::uint32_t arguments;
        std::size_t reply_end = 0;  // Where its reply ends in `replies`.
    };

    explicit Crossing(Term term) : confirms(term) {}
    // On its way there: the term in which it was sent. On its way back: what its writes' replies
    // confirm.
    Term confirms;

    void add(Item item, std::span<const std::string_view> args);
    // Calls serve(item, args) for each request; replies are appended to `replies` in between.
    template <typename Serve>
    void serve_all(Serve serve) {
        std::vector<std::string_view> args;
        for (auto& item : items_) {
            args.clear();
            for (std::uint32_t i = 0; i < item.arguments; ++i)
                args.push_back(argument(item.first_argument + i));
            serve(item, std::span<const std::string_view>(args), replies_);
            item.reply_end = replies_.size();
        }
    }
    // Calls deliver(item, reply) for each.
    template <typename Deliver>
    void deliver_all(Deliver deliver) const {
        std::size_t begin = 0;
        for (const auto& item : items_) {
            deliver(item, std::string_view(replies_).substr(begin, item.reply_end - begin));
            begin = item.reply_end;
        }
    }

private:
    struct Span {
        std::size_t begin;
        std::size_t size;
    };
    std::string_view argument(std::size_t index) const {
        return std::string_view(bytes_).substr(spans_[index].begin, spans_[index].size);
    }

    std::vector<Item> items_;
    std::vector<Span> spans_;
    std::string bytes_;
    std::string replies_;
};

inline void Crossing::add(Item item, std::span<const std::string_view> args) {
    item.first_argument = static_cast<std::uint32_t>(spans_.size());
    item.arguments = static_cast<std::uint32_t>(args.size());
    for (const auto arg : args) {
        spans_.push_back({bytes_.size(), arg.size()});
        bytes_.append(arg);
    }
    items_.push_back(item);
}

}  // namespace grapevine::node::session
