#include <algorithm>
#include <grapevine/split.h>
#include <numeric>

#include "slots/slot.h"

namespace grapevine::client {

void SlotGroups::add(std::string_view key) {
    slots_.push_back(slots::slot_of(key).number);
}

void SlotGroups::arrange() {
    order_.resize(slots_.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::stable_sort(order_.begin(), order_.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return slots_[a] < slots_[b]; });
    starts_.clear();
    for (std::uint32_t i = 0; i < order_.size(); ++i)
        if (i == 0 || slots_[order_[i]] != slots_[order_[i - 1]]) starts_.push_back(i);
    starts_.push_back(static_cast<std::uint32_t>(order_.size()));
}

struct CountCall::State {
    Batch batch;
    SlotGroups groups;
    std::vector<std::string> texts;
    unsigned stride = 1;  // Texts for each key.
    std::int64_t sum = 0;
    std::size_t keys_done = 0;
    std::optional<Error> worst;
    std::size_t keys_failed = 0;
    std::string failed_keys;

    const std::string& key(std::size_t index) const {
        return texts[std::size_t{stride} * groups.order()[index]];
    }
    void failed(std::size_t group, Error&& error) {
        for (std::size_t i = groups.starts()[group]; i < groups.starts()[group + 1]; ++i)
            failed_keys += (keys_failed++ == 0 ? "" : ", ") + key(i);
        if (!worst || severity(error.effect) > severity(worst->effect)) worst = std::move(error);
    }
    // How little is known of what was done.
    static int severity(Effect effect) {
        if (effect == Effect::unknown) return 3;
        return effect == Effect::ran ? 2 : effect == Effect::refused ? 1 : 0;
    }
};

class CountCall::Part final : public BatchPart {
public:
    Part(Batch& batch, Request&& what, State& state, std::size_t group)
        : BatchPart(batch, std::move(what)), state_(state), group_(group) {}
    void succeeded(const Reply& reply) override {
        const bool counts = state_.stride == 1;
        if (counts && reply.kind() != Reply::Kind::integer) return failed(wrong_shape(reply));
        const std::size_t keys =
            state_.groups.starts()[group_ + 1] - state_.groups.starts()[group_];
        state_.keys_done += keys;
        state_.sum += counts ? reply.integer() : static_cast<std::int64_t>(keys);
        ended();
    }
    void failed(Error&& error) override {
        state_.failed(group_, std::move(error));
        ended();
    }

private:
    State& state_;
    std::size_t group_;
};

CountCall::CountCall(Engine& engine, std::string_view name, Trait traits,
                     std::vector<std::string>&& texts, bool pairs)
    : engine_(&engine), state_(new State) {
    State& state = *state_;
    state.texts = std::move(texts);
    state.stride = pairs ? 2 : 1;
    if (state.texts.size() % state.stride != 0) {
        state.worst = Error{.text = "USAGE a key without a value"};
        state.texts.clear();
    }
    for (std::size_t i = 0; i < state.texts.size(); i += state.stride)
        state.groups.add(state.texts[i]);
    state.groups.arrange();
    const auto& starts = state.groups.starts();
    for (std::size_t group = 0; group < state.groups.groups(); ++group) {
        Request request(name, (starts[group + 1] - starts[group]) * state.stride, traits);
        for (std::size_t i = starts[group]; i < starts[group + 1]; ++i) {
            request.key(state.key(i));
            if (pairs) request.add((&state.key(i))[1]);
        }
        state.batch.add<Part>(std::move(request), state, group);
    }
}

CountCall::CountCall(CountCall&&) noexcept = default;
CountCall::~CountCall() = default;

CountCall&& CountCall::within(Duration patience) && {
    state_->batch.set_patience(patience);
    return std::move(*this);
}

CountCall&& CountCall::from(ReadFrom where) && {
    state_->batch.set_from(where);
    return std::move(*this);
}

void CountCall::launch(Batch::Listener& listener) {
    state_->batch.start(*engine_, listener);
}

Result<std::int64_t> CountCall::finish() {
    State& state = *state_;
    if (!state.worst) return state.sum;
    if (state.keys_failed == 0) return std::move(*state.worst);
    Error error = std::move(*state.worst);
    if (state.keys_done > 0 && State::severity(error.effect) < State::severity(Effect::ran))
        error.effect = Effect::ran;
    error.text += "; " + std::to_string(state.keys_done) + " of " +
                  std::to_string(state.groups.keys()) + " keys were done, with a sum of " +
                  std::to_string(state.sum) + "; not: " + state.failed_keys;
    return error;
}

}  // namespace grapevine::client
