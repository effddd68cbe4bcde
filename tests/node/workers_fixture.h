// A journal and some workers with their keepers, each on a thread of its own, as in a node.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "node/commands/families.h"
#include "node/commands/keeper.h"
#include "node/io/loop.h"
#include "node/journal/journal.h"
#include "node/store/key.h"

namespace grapevine::node::test {

inline const commands::Command* lookup(std::string_view name) {
    for (const auto family : commands::key_families()) {
        for (const auto& row : family) {
            if (row.name == name) return &row;
        }
    }
    return nullptr;
}

class Workers {
public:
    explicit Workers(unsigned count) {
        std::vector<journal::Journal::Worker> sources;
        for (unsigned i = 0; i < count; ++i) {
            workers_.push_back(std::make_unique<Worker>(i, count));
            Worker& worker = *workers_.back();
            worker.loop.on_turn(
                [&worker] { worker.keeper.databases().set_now(worker.loop.wall_ms()); },
                [this, i] { journal_.hand_over(i); });
            sources.push_back({&worker.loop, &worker.keeper.effects()});
        }
        journal_.attach(std::move(sources));
    }
    ~Workers() { stop(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    journal::Journal& journal() { return journal_; }
    io::Loop& loop() { return loop_; }
    std::vector<commands::Keeper*> keepers() {
        std::vector<commands::Keeper*> keepers;
        for (auto& worker : workers_) keepers.push_back(&worker->keeper);
        return keepers;
    }

    // Starts the workers, then runs `work` on the journal thread (this one) until finish().
    void run(std::function<void()> work) {
        for (auto& worker : workers_) {
            worker->thread = std::thread([&worker] { worker->loop.run(); });
        }
        loop_.post(std::move(work));
        loop_.run();
        stop();
    }
    void finish() { loop_.stop(); }

    // While the workers do not run.
    std::string value(std::string_view key, int database = 0) {
        auto& keyspace = *owner(key).databases().all()[static_cast<std::size_t>(database)];
        keyspace.set_now(0);
        const auto value = keyspace.string(store::make_key(key));
        return value && *value ? std::string(**value) : "(nothing)";
    }
    void set(std::string_view key, std::string_view value, int database = 0) {
        owner(key).databases().all()[static_cast<std::size_t>(database)]->set(store::make_key(key),
                                                                              value);
    }
    std::uint64_t size() {
        std::uint64_t keys = 0;
        for (auto& worker : workers_) keys += worker->keeper.databases().size();
        return keys;
    }
    commands::Keeper& owner(std::string_view key) {
        return workers_[store::make_key(key).slot.number % workers_.size()]->keeper;
    }
    // On the owner's thread, later.
    void set_soon(const std::string& key, const std::string& value) {
        journal_.on_worker(owner(key).index(), [this, key, value] { set(key, value); });
    }

private:
    struct Worker {
        Worker(unsigned index, unsigned count) : keeper(index, count, 16, index + 1) {}
        io::Loop loop;
        commands::Keeper keeper;
        std::thread thread;
    };

    void stop() {
        for (auto& worker : workers_) {
            if (!worker->thread.joinable()) continue;
            worker->loop.stop();
            worker->thread.join();
        }
    }

    io::Loop loop_;
    journal::Journal journal_{loop_, 1 << 20};
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace grapevine::node::test
