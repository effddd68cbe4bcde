// A replica's side of the talk with its primary, up to the stream: bytes in, what they mean out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/journal/lineage.h"
#include "node/replication/lost_writes.h"
#include "slots/result.h"

namespace grapevine::node::replication {

using journal::Offset;
using journal::ReplicationId;

// What a replica says about itself.
struct Introduction {
    std::uint16_t port = 0;     // Where it serves clients.
    std::string address = {};   // Empty: where the connection comes from.
    std::string user = {};      // Empty: the default user.
    std::string password = {};  // Empty: no AUTH.
    ReplicationId id = {};      // The history that its data belongs to; none: it needs everything.
    Offset offset = 0;          // How far it has that history.
    bool inquires = false;      // It asks how the primary's history began before it asks for data.
};

// To be sent to the primary.
struct Say {
    std::string bytes;
};
// All data is replaced by the payload that follows; the stream goes on behind `offset`.
struct FullSync {
    ReplicationId id;
    Offset offset;
};
// A part of the payload, an RDB file.
struct Payload {
    std::string_view bytes;
};
struct PayloadEnd {};
// The stream goes on where the replica's data ends; `id` is the history's name from now on.
struct Continue {
    ReplicationId id;
};
// A part of the stream, cut anywhere.
struct StreamBytes {
    std::string_view bytes;
};
// The talk is over: connect anew, later.
struct Failed {
    Error error;
};
using Heard =
    std::variant<Say, History, FullSync, Payload, PayloadEnd, Continue, StreamBytes, Failed>;

class Follower {
public:
    enum class State : std::uint8_t {
        greeting,
        inquiring,
        asking,
        awaiting_payload,
        payload,
        stream,
        failed
    };

    explicit Follower(Introduction introduction) : self_(std::move(introduction)) {}

    // The first bytes that are sent.
    std::string hello() const;
    // Views in the answer are valid until the next call. Nothing follows a Failed.
    std::vector<Heard> receive(std::string_view bytes);

    State state() const { return state_; }

private:
    enum class Step : std::uint8_t { ping, auth, options, sync };
    using Answers = std::vector<Heard>;

    bool read_some(Answers& answers);
    bool read_info(Answers& answers);
    bool read_line(Answers& answers);
    void hear_line(std::string_view line, Answers& answers);
    void hear_greeting(std::string_view line, Answers& answers);
    void hear_history(const History& history, Answers& answers);
    void hear_sync_answer(std::string_view line, Answers& answers);
    void hear_payload_header(std::string_view line, Answers& answers);
    bool read_payload(Answers& answers);
    bool read_sized_payload(Answers& answers);
    bool read_marked_payload(Answers& answers);
    void end_payload(Answers& answers);
    void fail(std::string_view what, std::string_view heard, Answers& answers);

    std::string introduce();
    std::string ask() const;

    Introduction self_;
    State state_ = State::greeting;
    Step step_ = Step::ping;
    unsigned options_unanswered_ = 0;
    std::string input_;
    std::size_t read_ = 0;        // Bytes of input_ that were understood.
    std::uint64_t expected_ = 0;  // Payload bytes still to come, when its size is known.
    std::string mark_;            // What ends a payload of unknown size.
};

}  // namespace grapevine::node::replication
