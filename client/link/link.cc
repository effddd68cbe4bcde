#include "client/link/link.h"

#include <algorithm>

namespace grapevine::client {
namespace {

constexpr std::string_view asking = "*1\r\n$6\r\nASKING\r\n";
// A node that refused us is left alone for so long: twice as long each time, up to the longest.
constexpr Duration first_pause = std::chrono::milliseconds(10);
constexpr unsigned most_doublings = 4;
constexpr std::size_t most_kept_output = 1u << 20;

}  // namespace

Link::Link(Outside& outside, LinkEvents& events, Target target)
    : outside_(outside), events_(events), target_(std::move(target)), ring_(64) {}

void Link::connect() {
    state_ = State::connecting;
    quiet_since_ = outside_.now();
    scanner_ = {};
    wire_ = outside_.connect(target_.host, target_.port, *this);
}

void Link::connected() {
    greetings_ = target_.greeting.commands();
    wire_->write(target_.greeting.bytes());
}

void Link::give_up_connecting(std::chrono::milliseconds after) {
    std::string reason = "no connection within " + std::to_string(after.count()) + " ms";
    if (wire_->shaking_hands())
        reason = "TLS the handshake was not answered within " + std::to_string(after.count()) +
                 " ms: does the server speak TLS at this port?";
    fail(reason);
}

void Link::send(Operation& operation) {
    operation.link = this;
    if (state_ == State::open) return write(operation);
    if (state_ == State::closed) {
        if (outside_.now() < retry_at_) {
            operation.link = nullptr;
            return events_.lost(*this, operation, false, last_reason_);
        }
        connect();
    }
    parked_.push(operation);
}

void Link::write(Operation& operation) {
    if (entries_in_flight() == 0) quiet_since_ = outside_.now();
    operation.ticket = tail_;
    ++operation.trip.attempts;
    const bool ask = operation.trip.asking;
    push({&operation, produced_, operation.request.commands() + (ask ? 1u : 0u), ask});
    const std::size_t before = output_.size();
    if (ask) output_ += asking;
    output_ += operation.request.bytes();
    produced_ += output_.size() - before;
    if (!announced_) {
        announced_ = true;
        events_.has_output(*this);
    }
}

void Link::push(const Entry& entry) {
    if (entries_in_flight() == ring_.size()) {
        std::vector<Entry> larger(2 * ring_.size());
        for (std::uint64_t i = head_; i < tail_; ++i)
            larger[i & (larger.size() - 1)] = this->entry(i);
        ring_ = std::move(larger);
    }
    this->entry(tail_++) = entry;
}

void Link::flush() {
    announced_ = false;
    if (state_ != State::open || output_.empty() || wire_->waiting()) return;
    time_one();
    target_.meter->bytes_sent.add(produced_ - handed_);
    target_.meter->requests.add(tail_ - counted_);
    counted_ = tail_;
    handed_ = produced_;
    wire_->write(output_);
    count_in_flight();
    if (output_.capacity() > most_kept_output) {
        output_ = {};
    } else {
        output_.clear();
    }
}

// The last of what is being flushed; nothing while another is on its way. So a clock is asked twice
// in a round trip, however many requests make it.
void Link::time_one() {
    if (timing_ || tail_ == counted_) return;
    timing_ = true;
    timed_ticket_ = tail_ - 1;
    timed_since_ = outside_.clock();
}

void Link::timed(std::uint64_t ticket) {
    if (!timing_ || ticket != timed_ticket_) return;
    timing_ = false;
    events_.measured(*this, outside_.clock() - timed_since_);
}

// Two connections may lead to one node.
void Link::count_in_flight() {
    Count& shared = target_.meter->in_flight;
    shared.set(shared.value() - shown_ + entries_in_flight());
    shown_ = entries_in_flight();
}

bool Link::forget(Operation& operation) {
    operation.link = nullptr;
    if (operation.QueueHook::linked()) {
        operation.QueueHook::unlink();
        return false;
    }
    entry(operation.ticket).operation = nullptr;
    return true;
}

void Link::drop(const std::string& reason) {
    if (state_ != State::closed) fail(reason);
}

std::optional<Instant> Link::silent_since() const {
    if (state_ == State::connecting || entries_in_flight() > 0) return quiet_since_;
    return {};
}

void Link::received() {
    quiet_since_ = outside_.now();
    const std::uint64_t connection = ended_;
    const std::string_view all = wire_->buffer();
    std::size_t taken = 0;
    std::size_t missing = 0;
    while (taken < all.size() && missing == 0) {
        const std::string_view input = all.substr(taken);
        const auto size = scanner_.scan(input);
        if (!size) return fail("PROTOCOL " + size.error().text);
        if (*size == 0) missing = scanner_.needed() - input.size();
        taken += *size;
        if (*size > 0) handle(Reply(input.substr(0, *size)));
        if (ended_ != connection) return;  // Whoever was answered has dropped it.
    }
    target_.meter->bytes_received.add(taken);
    wire_->consume(taken);
    if (missing > 0) wire_->expect(missing);
    count_in_flight();
}

void Link::handle(const Reply& reply) {
    if (reply.kind() == Reply::Kind::push && !is_reply(reply)) return;
    if (greetings_ > 0) return greeted(reply);
    if (entries_in_flight() == 0) return fail("PROTOCOL a reply came that nobody asked for");
    Entry& first = entry(head_);
    --first.replies;
    if (first.asking) {
        first.asking = false;
        return;
    }
    if (first.replies == 0) return finish(reply);
    if (reply.is_error() && first_error_.empty()) first_error_ = reply.text();
}

// What the server says by itself, unless its owner takes it for a reply.
bool Link::is_reply(const Reply& message) {
    const std::uint64_t connection = ended_;
    return events_.pushed(*this, message) && ended_ == connection;
}

void Link::finish(const Reply& reply) {
    timed(head_);
    Operation* operation = entry(head_++).operation;
    if (operation != nullptr) operation->link = nullptr;
    if (!reply.is_error() && first_error_.empty()) {
        if (operation != nullptr) events_.answered(*this, *operation, reply);
        return;
    }
    const std::string cause = std::exchange(first_error_, {});
    if (operation == nullptr) return;
    if (!reply.is_error()) return events_.answered(*this, *operation, reply);
    events_.refused(*this, *operation, cause.empty() ? reply.text() : std::string_view(cause));
}

void Link::greeted(const Reply& reply) {
    if (reply.is_error()) return fail(std::string(reply.text()));
    if (--greetings_ > 0) return;
    state_ = State::open;
    last_reason_.clear();
    events_.opened(*this);
    failures_ = 0;
    while (state_ == State::open && !parked_.empty()) write(parked_.pop());
}

// Everything is put in order before anybody hears of it: whoever does may use the link again.
void Link::fail(const std::string& reason) {
    const bool was_open = state_ == State::open;
    const auto wire = std::move(wire_);
    ++ended_;
    state_ = State::closed;
    last_reason_ = reason;
    failures_ = was_open ? 0 : failures_ + 1;
    retry_at_ =
        was_open ? Instant{}
                 : outside_.now() + first_pause * (1u << std::min(failures_ - 1, most_doublings));
    std::vector<Loss> losses;
    for (std::uint64_t i = head_; i < tail_; ++i)
        if (entry(i).operation != nullptr)
            losses.push_back({entry(i).operation, entry(i).begin < handed_});
    while (!parked_.empty()) losses.push_back({&parked_.pop(), false});
    for (const Loss& loss : losses) loss.operation->link = nullptr;
    head_ = tail_ = produced_ = handed_ = counted_ = 0;
    timing_ = false;
    count_in_flight();
    greetings_ = 0;
    output_.clear();
    first_error_.clear();
    events_.closed(*this, was_open, reason);
    for (const Loss& loss : losses) events_.lost(*this, *loss.operation, loss.sent, reason);
}

}  // namespace grapevine::client
