// What is outside of a link, in memory: connections whose other end is whoever holds this, and a
// time that stands still.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "client/link/wire.h"
#include "client/resp/request.h"

namespace grapevine::client {

class Peer final : public Outside {
public:
    // Of the connection that stands or is being made, if there is one.
    bool has_wire() const { return wire_ != nullptr; }
    void accept() { wire_->events->connected(); }
    // Bytes from the server arrive, whatever they are.
    void say(std::string_view bytes) {
        wire_->unread.append(bytes);
        wire_->events->received();
    }
    void end(const std::string& reason) { wire_->events->ended(reason); }
    // From now on, nothing leaves at once what is written. Then: it has left.
    void clog() { wire_->waits = true; }
    bool clogged() const { return wire_ != nullptr && wire_->waits; }
    void drain() {
        wire_->waits = false;
        wire_->events->drained();
    }
    // What was written to this connection, or to the last one, since the last call: the words of
    // each request.
    std::vector<std::vector<std::string>> requests() {
        std::vector<std::vector<std::string>> found;
        std::string& text = written_;
        std::size_t taken = 0;
        for (;;) {
            const auto size = reader_.read(std::string_view(text).substr(taken));
            broken = broken || !size;
            if (!size || *size == 0) break;
            found.emplace_back(reader_.args().begin(), reader_.args().end());
            taken += *size;
        }
        text.erase(0, taken);
        broken = broken || !text.empty();
        return found;
    }
    bool broken = false;  // Something else than whole requests was written.

    Instant time{std::chrono::hours(1)};
    std::size_t connections = 0;
    Instant not_before{};  // A connection that is begun before it is
    bool early = false;    // too early.
    std::string last_host;

    std::unique_ptr<Wire> connect(const std::string& host, std::uint16_t,
                                  WireEvents& events) override {
        ++connections;
        early = early || time < not_before;
        last_host = host;
        written_.clear();
        reader_ = {};
        auto wire = std::make_unique<Memory>(*this, events);
        wire_ = wire.get();
        return wire;
    }
    Instant now() const override { return time; }
    Instant clock() const override { return time; }

private:
    struct Memory final : Wire {
        Memory(Peer& of, WireEvents& told) : peer(&of), events(&told) {}
        ~Memory() override {
            if (peer->wire_ == this) peer->wire_ = nullptr;
        }
        void write(std::string_view bytes) override { peer->written_.append(bytes); }
        bool waiting() const override { return waits; }
        bool shaking_hands() const override { return false; }
        std::string_view buffer() const override { return std::string_view(unread); }
        void consume(std::size_t bytes) override { unread.erase(0, bytes); }
        void expect(std::size_t bytes) override { expected = bytes; }

        Peer* peer;
        WireEvents* events;
        std::string unread;
        std::size_t expected = 0;
        bool waits = false;
    };

    Memory* wire_ = nullptr;
    std::string written_;
    resp::RequestReader reader_;
};

}  // namespace grapevine::client
