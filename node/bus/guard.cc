#include "node/bus/guard.h"

#include <algorithm>
#include <utility>

#include "gossip/bytes.h"
#include "gossip/layout.h"

namespace grapevine::node::bus {
namespace {

namespace layout = gossip::layout;
using gossip::read_number;
using gossip::write_number;

// What is said to a peer that has said nothing yet. Beyond it the peer is taken for a Redis.
constexpr std::size_t most_open_bytes = 1u << 20;
constexpr int counter_bytes = 6;
constexpr std::uint64_t last_counter = (std::uint64_t{1} << (8 * counter_bytes)) - 1;

std::uint64_t counter_in(Bytes frame) {
    std::uint64_t counter = 0;
    for (int i = 0; i < counter_bytes; ++i) {
        counter = counter << 8 | frame[layout::counter_at + static_cast<std::size_t>(i)];
    }
    return counter;
}

void write_counter(Frame& frame, std::uint64_t counter) {
    for (int i = counter_bytes; i-- > 0; counter >>= 8) {
        frame[layout::counter_at + static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(counter);
    }
}

Bytes code_in(Bytes frame) {
    return frame.subspan(layout::code_at, sizeof(Code));
}

bool has_seal(Bytes frame) {
    const Bytes seal =
        frame.subspan(layout::key_hint_at, layout::code_at + sizeof(Code) - layout::key_hint_at);
    return std::any_of(seal.begin(), seal.end(), [](std::uint8_t byte) { return byte != 0; });
}

}  // namespace

Guard::Guard(const Trust& trust, Side side, std::string host, const Nonce& nonce)
    : trust_(trust), side_(side), host_(std::move(host)), nonce_(nonce), state_(State::waiting) {
    if (!trust.current) {
        state_ = State::open;
    } else if (side == Side::caller && trust.is_open(host_)) {
        state_ = State::trying;
    }
}

Hello Guard::own_hello() const {
    Hello hello{nonce_, {}};
    if (trust_.current) hello.accepted[0] = trust_.current->id();
    if (trust_.previous) hello.accepted[1] = trust_.previous->id();
    return hello;
}

std::optional<Frame> Guard::greeting() {
    if (side_ == Side::called || state_ == State::open) return {};
    const Hello hello = own_hello();
    const auto content = content_of(hello);
    hellos_.assign(content.begin(), content.end());
    return to_frame(hello);
}

std::optional<Frame> Guard::sealed(Frame frame) {
    if (state_ == State::waiting) return {};
    if (state_ == State::proven && speaking_key() == nullptr) return {};  // The link is to end.
    if (state_ == State::proven) seal(frame);
    if (state_ == State::trying) {
        open_bytes_ += frame.size();
        said_openly_.push_back(frame);
        if (open_bytes_ > most_open_bytes) {
            state_ = State::open;
            said_openly_.clear();
        }
    }
    return frame;
}

Result<Guard::Heard> Guard::hear(Bytes frame) {
    const auto hello = read_hello(frame);
    if (state_ == State::proven) return hear_sealed(frame, hello);
    if (state_ == State::open) return Heard{!hello, {}};
    return hello ? agree(*hello) : hear_open();
}

Result<Guard::Heard> Guard::agree(const Hello& hello) {
    peers_keys_ = hello.accepted;
    if (speaking_key() == nullptr) return Error{"it has another cluster-bus-key"};
    const auto theirs = content_of(hello);
    Heard heard;
    if (side_ == Side::called) {
        const auto own = content_of(own_hello());
        hellos_.assign(theirs.begin(), theirs.end());
        hellos_.insert(hellos_.end(), own.begin(), own.end());
        heard.answers.push_back(to_frame(own_hello()));
    } else {
        hellos_.insert(hellos_.end(), theirs.begin(), theirs.end());
    }
    state_ = State::proven;
    for (Frame& frame : said_openly_) {
        seal(frame);
        heard.answers.push_back(std::move(frame));
    }
    said_openly_.clear();
    return heard;
}

Result<Guard::Heard> Guard::hear_open() {
    if (!trust_.is_open(host_)) return Error{"it speaks without the cluster-bus-key"};
    state_ = State::open;
    said_openly_.clear();
    return Heard{true, {}};
}

Result<Guard::Heard> Guard::hear_sealed(Bytes frame, const std::optional<Hello>& hello) {
    // A caller that took us for an open peer has said it before our hello reached it.
    const bool was_early = side_ == Side::called && heard_ == 0 && !has_seal(frame);
    if (was_early) return Heard{};
    const bool sealed =
        read_number<std::uint32_t>(frame, layout::mark_at) == layout::mark &&
        counter_in(frame) == heard_ + 1 &&
        (is_sealed_with(trust_.current, frame) || is_sealed_with(trust_.previous, frame));
    if (!sealed) return Error{"what it says is not sealed with the cluster-bus-key"};
    ++heard_;
    if (!hello) return Heard{true, {}};
    peers_keys_ = hello->accepted;
    if (speaking_key() == nullptr) return Error{"it has another cluster-bus-key now"};
    return Heard{};
}

Result<std::optional<Frame>> Guard::trust_changed() {
    using Answer = std::optional<Frame>;
    switch (state_) {
        case State::open:
            if (trust_.is_open(host_)) return Answer{};
            return Error{"it speaks without the cluster-bus-key"};
        case State::waiting:
            if (side_ == Side::called && trust_.current) return Answer{};
            [[fallthrough]];
        case State::trying:
            return Error{"this node's cluster-bus-key has changed"};
        case State::proven:
            break;
    }
    if (speaking_key() == nullptr) return Error{"it has another cluster-bus-key"};
    const auto is_known = [this](const Session& session) {
        return (trust_.current && trust_.current->id() == session.key) ||
               (trust_.previous && trust_.previous->id() == session.key);
    };
    std::erase_if(sessions_, [&](const Session& session) { return !is_known(session); });
    Frame frame = to_frame(own_hello());
    seal(frame);
    return Answer{std::move(frame)};
}

Guard::Standing Guard::standing() const {
    if (state_ == State::open) return Standing::open;
    if (state_ != State::proven) return Standing::unproven;
    return speaking_key() == &*trust_.current ? Standing::current_key : Standing::previous_key;
}

// The newest of ours that the peer has too; null when there is none.
const Key* Guard::speaking_key() const {
    if (!trust_.current) return nullptr;
    const auto has = [this](const Key& key) {
        return std::find(peers_keys_.begin(), peers_keys_.end(), key.id()) != peers_keys_.end();
    };
    if (has(*trust_.current)) return &*trust_.current;
    if (trust_.previous && has(*trust_.previous)) return &*trust_.previous;
    return nullptr;
}

const Guard::Session& Guard::session(const Key& key) {
    for (const Session& session : sessions_) {
        if (session.key == key.id()) return session;
    }
    auto purpose = hellos_;
    purpose.push_back(static_cast<std::uint8_t>(Side::caller));
    const SessionKey caller = key.derive(purpose);
    purpose.back() = static_cast<std::uint8_t>(Side::called);
    sessions_.push_back({key.id(), caller, key.derive(purpose)});
    return sessions_.back();
}

bool Guard::is_sealed_with(const std::optional<Key>& key, Bytes frame) {
    if (!key || frame[layout::key_hint_at] != key->id()[0]) return false;
    const Session& keys = session(*key);
    const auto& theirs = side_ == Side::caller ? keys.called : keys.caller;
    return equal(code_of(frame, theirs), code_in(frame));
}

void Guard::seal(Frame& frame) {
    const Key* key = speaking_key();
    GRAPEVINE_CHECK(key != nullptr && said_ < last_counter,
                    "a proven link has a key to speak with");
    const Session& keys = session(*key);
    write_number(std::span(frame), layout::mark_at, layout::mark);
    write_number(std::span(frame), layout::mark_version_at, layout::mark_version);
    frame[layout::key_hint_at] = key->id()[0];
    write_counter(frame, ++said_);
    const Code code = code_of(frame, side_ == Side::caller ? keys.caller : keys.called);
    std::copy(code.begin(), code.end(), frame.begin() + layout::code_at);
}

}  // namespace grapevine::node::bus
