// The cache of answers as all threads see it: hits never meet the engine's thread.
#pragma once

#include <atomic>
#include <grapevine/figures.h>
#include <grapevine/operation.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/cache/guards.h"
#include "client/cache/questions.h"
#include "client/cache/shard.h"

namespace grapevine::client {

class Caching {
public:
    // `most_bytes` for all keys and answers together; `reads`: of calls that do not say it.
    Caching(std::size_t most_bytes, ReadFrom reads);

    // On the thread that starts it, before anybody else hears of it. True: the answer was known,
    // and the operation has been told.
    bool begin(Operation& operation);
    // The same of one that cannot be told: true is not among the answers.
    void begin_write(Operation& operation);
    CacheFigures figures() const;

    // On the engine's thread from here on. Before the operation is told: what `node` answered to
    // it; `vouched`: that node would bring the news, too.
    void answered(Operation& operation, const Reply& reply, std::uint16_t node, bool vouched);
    void failed(Operation& operation);
    // ["invalidate", keys] or ["invalidate", null] (Redis 7.0): true when it is that.
    bool pushed(std::uint16_t node, const Reply& message);

    // Whether the server tells of changes on its connection, as long as that stands.
    void track(std::uint16_t node) { node_of(node).tracked = true; }
    void lost(std::uint16_t node);
    cache::Guards& guards() { return *guards_; }

    struct Node {
        bool tracked = false;
        bool asked = false;  // Whether it still serves `key`.
        std::string key;     // One that it answered about.
        std::uint16_t slot = any_slot;
    };
    Node& node_of(std::uint16_t node);
    std::size_t nodes() const { return nodes_.size(); }

private:
    struct alignas(64) Part {
        explicit Part(std::size_t most_bytes) : shard(most_bytes) {}
        mutable std::mutex mutex;
        cache::Shard shard;
    };
    static std::uint64_t constexpr writing = ~std::uint64_t{0};

    Part& part_of(std::string_view key);
    bool look(Operation& operation, const cache::Question& question);
    void end_write(Operation& operation);
    void clear();

    const ReadFrom reads_;
    std::vector<std::unique_ptr<Part>> parts_;  // A power of two.
    std::unique_ptr<cache::Guards> guards_ = std::make_unique<cache::Guards>();
    std::atomic<unsigned> flushes_{0};  // Of ours, on their way.
    std::atomic<std::uint64_t> flushed_{0};
    std::vector<Node> nodes_;
};

}  // namespace grapevine::client
