// Many commands to any slots, sent together, with one wait for all of them.
#pragma once

#include <grapevine/batch.h>
#include <grapevine/cluster.h>

namespace grapevine::client {

// Commands are methods as those of Cluster; each gives a handle. No part of it is sent before
// run(). They travel at once, so that those of one node arrive in the order in which they were
// given, unless a slot moves meanwhile; those of one slot of which one may fail are a transaction's
// business. Of one thread at a time.
class Pipeline : public Commands<Pipeline> {
public:
    template <typename T>
    class Part final : public BatchPart {
    public:
        Part(Batch& batch, Request&& what) : BatchPart(batch, std::move(what)) {
            static_assert(!is_view<T>, "a view ends with its reply: ask for std::string");
        }
        void succeeded(const Reply& reply) override {
            result.set(reply);
            this->ended();
        }
        void failed(Error&& error) override {
            result.set(std::move(error));
            this->ended();
        }
        Outcome<T> result;
    };

    // The place of one result: once the pipeline has run and until it is cleared.
    template <typename T>
    class Handle {
    public:
        explicit Handle(Part<T>& part) : part_(&part) {}
        Result<T>& operator*() const { return *part_->result; }
        Result<T>* operator->() const { return &*part_->result; }

    private:
        Part<T>* part_;
    };

    // Must live until what it runs has ended.
    class Running : public Runs<Running> {
    public:
        using value_type = void;
        explicit Running(Pipeline& pipeline) : pipeline_(&pipeline) {}
        Engine& engine() const { return *pipeline_->engine_; }
        void launch(Batch::Listener& listener) { pipeline_->batch_.start(engine(), listener); }
        Result<void> finish() { return {}; }
        Result<void> give_up(Error error) { return error; }

    private:
        Pipeline* pipeline_;
    };

    explicit Pipeline(Cluster& cluster) : engine_(&cluster.engine()) {}

    template <typename T>
    Handle<T> call(Request&& request) {
        return Handle<T>(batch_.add<Part<T>>(std::move(request)));
    }
    // wait(), then(f), future() or co_await: all have ended, and each handle has its result.
    [[nodiscard]] Running run() { return Running(*this); }
    // Ready for other commands; memory is kept.
    void clear() { batch_.clear(); }
    std::size_t size() const { return batch_.size(); }

private:
    Engine* engine_;
    Batch batch_;
};

}  // namespace grapevine::client
