// All keys of a cluster, a batch at a time, whatever moves or fails over meanwhile.
#pragma once

#include <grapevine/batch.h>
#include <memory>
#include <string>
#include <vector>

namespace grapevine::client {

class Cluster;

// What is to be returned, as SCAN's options of the same names.
struct ScanOptions {
    std::string match{};   // A pattern; empty: all.
    std::string type{};    // "string", "hash", ...; empty: any.
    unsigned count = 500;  // About how many keys a node looks at for each request.
};

// Every key that is there from the first next() to the last is returned at least once: slots may
// move and primaries may be replaced meanwhile. Keys that come or go meanwhile may be returned or
// not, and any key several times, more of them when slots move. (A slot that leaves a node and
// comes back while that node is walked, which takes one pass over its keys, is not noticed.)
//
// The nodes are walked one after the other. Nothing is asked before next(), and no more than one
// batch is kept: whoever is slow holds nobody up. Must not outlive the cluster.
class Scan {
public:
    using Keys = std::vector<std::string>;
    class State;

    explicit Scan(const Cluster& cluster, const ScanOptions& options = {});
    Scan(Scan&&) noexcept;
    Scan& operator=(Scan&&) noexcept;
    ~Scan();

    // wait(), then(f), future() or co_await: Result<std::optional<Keys>>, a batch that is not
    // empty, or nothing: that was all. An Error ends only this next(): another goes on where it
    // stopped. TIMEOUT: one of its requests did not come through within the cluster's patience; or
    // a slot has been on its way from one node to another for as long, and nothing else is left.
    class Next : public Runs<Next> {
    public:
        using value_type = std::optional<Keys>;
        explicit Next(std::shared_ptr<State> state) : state_(std::move(state)) {}
        Engine& engine() const;
        void launch(Batch::Listener& listener);
        Result<std::optional<Keys>> finish();
        Result<std::optional<Keys>> give_up(Error error) { return error; }

    private:
        std::shared_ptr<State> state_;
    };
    // One at a time: the next only when this one has ended.
    [[nodiscard]] Next next() { return Next(state_); }

private:
    std::shared_ptr<State> state_;
};

}  // namespace grapevine::client
