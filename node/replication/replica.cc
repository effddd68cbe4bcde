#include "node/replication/replica.h"

#include <algorithm>
#include <utility>

#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

constexpr std::size_t bytes_per_turn = 1u << 20;  // Then others get their turn.
constexpr std::size_t piece_size = 128 * 1024;
constexpr std::size_t longest_request = 64 * 1024;

}  // namespace

Replica::Replica(io::Loop& loop, int descriptor, Greeting greeting, SyncRequest request,
                 Events events)
    : loop_(loop),
      greeting_(std::move(greeting)),
      request_(request),
      events_(std::move(events)),
      address_(io::peer_address(descriptor)),
      own_address_(io::local_address(descriptor)),
      born_at_(now()),
      heard_at_(now()),
      moved_at_(now()),
      requests_(client::resp::RequestLimits{.bulk_bytes = longest_request, .arguments = 64}),
      resume_(loop, [this] { pump(); }),
      connection_(loop, descriptor,
                  {.received = [this](std::string_view bytes) { receive(bytes); },
                   .ended = [this](io::End) { events_.gone("it closed the connection"); },
                   .drained = [this] { pump(); }}) {}

void Replica::go_on(std::string_view line, journal::Backlog& backlog, Offset offset) {
    connection_.send(line);
    stream_reader_.emplace(backlog, offset);
    confirmed_ = offset;
    state_ = State::online;
    pump();
}

void Replica::begin_payload(std::string_view line, journal::Backlog& backlog, Offset offset,
                            std::shared_ptr<persistence::Spool> payload, std::string mark) {
    connection_.send(line);
    if (!greeting_.payload_only) stream_reader_.emplace(backlog, offset);
    payload_ = std::move(payload);
    payload_reader_.emplace(*payload_);
    mark_ = std::move(mark);
    state_ = State::payload;
    pump();
}

void Replica::pump() {
    std::size_t sent = 0;
    while (connection_.open() && connection_.unsent() == 0 && sent < bytes_per_turn) {
        const auto bytes = next().substr(0, piece_size);
        if (bytes.empty()) break;
        connection_.send(bytes);
        advance(bytes.size());
        sent += bytes.size();
    }
    if (sent == 0) return;
    moved_at_ = now();
    if (sent >= bytes_per_turn) resume_.once(1);
    events_.moved();
}

std::string_view Replica::next() {
    if (state_ == State::payload) return next_of_payload();
    if (state_ == State::online) return stream_reader_->next();
    return {};
}

std::string_view Replica::next_of_payload() {
    if (mark_.empty() && !payload_->complete()) return {};
    if (!std::exchange(payload_announced_, true)) {
        const auto size = std::to_string(payload_->size());
        connection_.send(mark_.empty() ? "$" + size + "\r\n" : "$EOF:" + mark_ + "\r\n");
    }
    if (payload_reader_->at_end()) {
        end_payload();
        return next();
    }
    const auto bytes = payload_reader_->next();
    if (bytes) return *bytes;
    // A file that cannot be read any more: the replica will ask again.
    connection_.close();
    loop_.post([gone = events_.gone, reason = bytes.error().text] { gone(reason); });
    return {};
}

void Replica::advance(std::size_t bytes) {
    if (state_ == State::payload) {
        payload_reader_->advance(bytes);
    } else {
        stream_reader_->advance(bytes);
    }
}

// The reader of a marked payload must not get more than the mark before it has understood it.
void Replica::end_payload() {
    connection_.send(mark_);
    payload_reader_.reset();
    payload_.reset();
    state_ = greeting_.payload_only ? State::served
             : mark_.empty()        ? State::online
                                    : State::confirming;
}

void Replica::keep_alive() {
    const bool silent =
        state_ == State::waiting || (state_ == State::payload && !payload_announced_);
    if (silent && request_.named) connection_.send("\n");
}

void Replica::receive(std::string_view bytes) {
    input_.append(bytes);
    std::size_t read_up_to = 0;
    while (read_up_to < input_.size()) {
        const auto read = requests_.read(std::string_view(input_).substr(read_up_to));
        if (!read) return events_.gone(read.error().text);
        if (*read == 0) break;
        read_up_to += *read;
        hear(requests_.args());
    }
    input_.erase(0, read_up_to);
    if (input_.size() > longest_request) events_.gone("it sends too much");
}

// Anything but REPLCONF ACK is of no consequence here.
void Replica::hear(std::span<const std::string_view> args) {
    heard_at_ = now();
    if (args.size() < 3 || !same_word(args[0], "REPLCONF") || !same_word(args[1], "ACK")) return;
    if (const auto offset = parse_number<Offset>(args[2])) hear_offset(*offset);
}

void Replica::hear_offset(Offset offset) {
    if (!stream_reader_ || state_ == State::waiting || state_ == State::payload) return;
    if (state_ == State::confirming) {
        state_ = State::online;
        pump();
    }
    // Nobody has what was not sent yet.
    confirmed_ = std::min(std::max(confirmed_, offset), stream_reader_->position());
    events_.confirmed();
}

std::int64_t Replica::silent_ms() const {
    return now() - (state_ == State::payload ? std::max(heard_at_, moved_at_) : heard_at_);
}

bool Replica::overruns(const OutputLimits& limits) {
    const auto unsent = connection_.unsent() + (stream_reader_ ? stream_reader_->unread() : 0);
    return output_.exceeded(limits, unsent, now());
}

ReplicaStatus Replica::status() const {
    const bool has_payload = state_ == State::confirming || state_ == State::online;
    return {.client = greeting_.client,
            .connected_from = io::to_string(address_),
            .connected_to = io::to_string(own_address_),
            .age_s = (now() - born_at_) / 1000,
            .host = greeting_.address.empty() ? address_.host : greeting_.address,
            .port = greeting_.port,
            .state = state_ == State::waiting ? "wait_bgsave"
                     : has_payload            ? "online"
                                              : "send_bulk",
            .offset = confirmed_,
            .lag_s = (now() - heard_at_) / 1000};
}

}  // namespace grapevine::node::replication
