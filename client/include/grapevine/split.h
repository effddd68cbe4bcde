// Commands whose keys may live in any slots: each slot gets a command of its own, all at once.
#pragma once

#include <grapevine/arguments.h>
#include <grapevine/batch.h>
#include <grapevine/lean.h>
#include <string>
#include <vector>

namespace grapevine::client {

// What became of the keys of an MGET: one result for each, in the order in which they were given.
template <typename T>
class PerKey {
public:
    using Found = Result<std::optional<T>>;

    std::vector<std::string> keys;
    std::vector<Found> results;

    std::size_t size() const { return results.size(); }
    Found& operator[](std::size_t index) { return results[index]; }
    auto begin() { return results.begin(); }
    auto end() { return results.end(); }

    // The keys whose part failed, with the reasons.
    std::vector<std::pair<std::string, Error>> failed() const {
        std::vector<std::pair<std::string, Error>> all;
        for (std::size_t i = 0; i < results.size(); ++i)
            if (!results[i]) all.emplace_back(keys[i], results[i].error());
        return all;
    }
};

// Places of keys in what was asked, grouped by slot.
class SlotGroups {
public:
    void add(std::string_view key);
    // Sorts. Afterwards group i are the places in order()[starts()[i]] to [starts()[i + 1] - 1].
    void arrange();

    const std::vector<std::uint32_t>& order() const { return order_; }
    const std::vector<std::uint32_t>& starts() const { return starts_; }
    std::size_t groups() const { return starts_.size() - 1; }
    std::size_t keys() const { return order_.size(); }

private:
    std::vector<std::uint16_t> slots_;  // By place.
    std::vector<std::uint32_t> order_;
    std::vector<std::uint32_t> starts_;
};

// MGET over slots, ready to be run; as Call<T>, but its result is a PerKey<T>.
template <typename T>
class [[nodiscard]] MgetCall : public Runs<MgetCall<T>> {
public:
    using value_type = PerKey<T>;

    MgetCall(Engine& engine, std::vector<std::string>&& keys)
        : engine_(&engine), state_(new State) {
        static_assert(!is_view<T>, "a view ends with the reply: ask for std::string");
        state_->found.keys = std::move(keys);
        build();
    }
    MgetCall&& within(Duration patience) && {
        state_->batch.set_patience(patience);
        return std::move(*this);
    }
    MgetCall&& from(ReadFrom where) && {
        state_->batch.set_from(where);
        return std::move(*this);
    }

    Engine& engine() const { return *engine_; }
    void launch(Batch::Listener& listener) { state_->batch.start(*engine_, listener); }
    PerKey<T> finish() { return std::move(state_->found); }
    PerKey<T> give_up(const Error& error) {
        for (auto& each : state_->found.results) each = error;
        return finish();
    }

private:
    struct State {
        Batch batch;
        SlotGroups groups;
        PerKey<T> found;
    };
    class Part final : public BatchPart {
    public:
        Part(Batch& batch, Request&& what, State& state, std::size_t group)
            : BatchPart(batch, std::move(what)), state_(state), group_(group) {}
        void succeeded(const Reply& reply) override {
            const auto& starts = state_.groups.starts();
            if (reply.size() != starts[group_ + 1] - starts[group_])
                return failed(wrong_shape(reply));
            std::size_t next = starts[group_];
            for (const Reply element : reply.elements())
                at(next++) = read_as<std::optional<T>>(element);
            this->ended();
        }
        void failed(Error&& error) override {
            const auto& starts = state_.groups.starts();
            for (std::size_t i = starts[group_]; i < starts[group_ + 1]; ++i) at(i) = error;
            this->ended();
        }

    private:
        auto& at(std::size_t index) { return state_.found.results[state_.groups.order()[index]]; }
        State& state_;
        std::size_t group_;
    };

    void build() {
        State& state = *state_;
        for (const auto& key : state.found.keys) state.groups.add(key);
        state.groups.arrange();
        state.found.results.resize(state.found.keys.size(), std::optional<T>{});
        const auto& starts = state.groups.starts();
        for (std::size_t group = 0; group < state.groups.groups(); ++group) {
            Request request("MGET", starts[group + 1] - starts[group], Trait::reads);
            for (std::size_t i = starts[group]; i < starts[group + 1]; ++i)
                request.key(state.found.keys[state.groups.order()[i]]);
            state.batch.template add<Part>(std::move(request), state, group);
        }
    }

    Engine* engine_;
    Owned<State> state_;
};

// DEL, UNLINK, EXISTS, TOUCH and MSET over slots, ready to be run: the sum of what the parts
// answered (of MSET: the keys that were set). When parts fail, the Error is that of one of them;
// its text says how many keys were done and which were not, and its effect is the worst of all.
class [[nodiscard]] CountCall : public Runs<CountCall> {
public:
    using value_type = std::int64_t;

    // `texts`: keys, or with `pairs` a key and a value in turn.
    CountCall(Engine& engine, std::string_view name, Trait traits, std::vector<std::string>&& texts,
              bool pairs);
    CountCall(CountCall&&) noexcept;
    ~CountCall();
    CountCall&& within(Duration patience) &&;
    CountCall&& from(ReadFrom where) &&;  // EXISTS and TOUCH; others go to the primaries.

    Engine& engine() const { return *engine_; }
    void launch(Batch::Listener& listener);
    Result<std::int64_t> finish();
    Result<std::int64_t> give_up(Error error) { return error; }

private:
    struct State;
    class Part;
    Engine* engine_;
    Owned<State> state_;
};

namespace arguments {

// Copies: the parts are put together when all keys are known.
template <typename... Parts>
std::vector<std::string> texts_of(const Parts&... parts) {
    std::vector<std::string> texts;
    texts.reserve(count(parts...));
    (each(parts, [&](const Argument& argument) { texts.emplace_back(argument.text()); }), ...);
    return texts;
}

}  // namespace arguments
}  // namespace grapevine::client
