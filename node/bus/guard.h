// One end of a link of the bus: believes what is said on it only if the other end has the cluster's
// key (or needs none), and proves to it that this one has.
//
// Each end first says hello: a nonce, and by their ids which keys it has. Whoever calls says it
// first; who is called answers only a hello that names a key of its own. After that each frame
// carries a seal in bytes that Redis sends as zeros: which key, a counter, and a code over the
// whole frame. The code's key is derived from the cluster's key, both hellos and the direction.
//
// - A recorded link cannot be played back: each end has put a fresh nonce into the key of what it
//   hears, so that codes of other links are worth nothing here, on whatever address or day.
// - Nothing can be repeated, left out or moved within a link: the counter is one more each time.
//   A connection delivers in order, so that anything else is somebody's doing.
// - What an end says cannot be played back to itself: each direction has a key of its own.
// - Changing a hello on its way changes the keys of one end only: the link ends at the next frame.
// - Hellos themselves prove nothing and change nothing but their own link.
//
// Who listens reads all: frames are proven, not hidden.
//
// Keys are replaced while links stand. Each frame names its key, and an end that gets another set
// of keys says hello again, under seal. So everybody knows which keys the peer accepts, and speaks
// with the newest that both have: with {new, previous} set on one node after the other, no link
// ends, and once none speaks with the previous key it can be taken away.
//
// A peer that needs no key is called with a hello too. Redis passes over it. A Grapevine answers,
// and from its hello on only sealed frames count on the link; what was said to it in the meantime
// is said again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/bus/hello.h"
#include "node/bus/trust.h"
#include "slots/result.h"

namespace grapevine::node::bus {

class Guard {
public:
    enum class Side : std::uint8_t { caller, called };

    // `trust` outlives the guard; when it changes, trust_changed() is to be called. `nonce` was
    // never used before. `host` is the peer's IP address.
    Guard(const Trust& trust, Side side, std::string host, const Nonce& nonce);

    // What to send on a new link before anything else.
    std::optional<Frame> greeting();

    // What to send in place of a message's frame; nothing as long as this end may not speak.
    std::optional<Frame> sealed(Frame frame);

    struct Heard {
        bool is_message = false;     // The frame is a message, and to be believed.
        std::vector<Frame> answers;  // To be sent as they are.
    };
    // `frame` is a whole one. An error says why the link must end.
    Result<Heard> hear(Bytes frame);

    // What to send now that keys or open peers are others. An error says why the link must end.
    Result<std::optional<Frame>> trust_changed();

    // Whether messages may be said.
    bool ready() const { return state_ != State::waiting; }

    enum class Standing : std::uint8_t { unproven, open, previous_key, current_key };
    Standing standing() const;

private:
    enum class State : std::uint8_t {
        waiting,  // For the other end's hello.
        trying,   // The same, and meanwhile it is spoken to in the open.
        open,
        proven,
    };
    struct Session {
        KeyId key;
        SessionKey caller;  // Of what each side says.
        SessionKey called;
    };

    Hello own_hello() const;
    Result<Heard> agree(const Hello& hello);
    Result<Heard> hear_open();
    Result<Heard> hear_sealed(Bytes frame, const std::optional<Hello>& hello);
    const Key* speaking_key() const;
    const Session& session(const Key& key);
    bool is_sealed_with(const std::optional<Key>& key, Bytes frame);
    void seal(Frame& frame);

    const Trust& trust_;
    Side side_;
    std::string host_;
    Nonce nonce_;
    State state_;
    std::vector<std::uint8_t> hellos_;   // The caller's, then the other's.
    std::array<KeyId, 2> peers_keys_{};  // That it accepts.
    std::vector<Session> sessions_;      // Of keys that were used.
    std::uint64_t said_ = 0;             // Counters of the last sealed frames.
    std::uint64_t heard_ = 0;
    std::vector<Frame> said_openly_;  // While trying.
    std::size_t open_bytes_ = 0;      // Of these.
};

}  // namespace grapevine::node::bus
