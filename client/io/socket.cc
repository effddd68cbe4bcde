#include "client/io/socket.h"

#include <algorithm>
#include <cstring>
#include <uv.h>
#include <vector>

namespace grapevine::client::io {

namespace {

constexpr std::size_t smallest_room = 16 * 1024;  // For one read.
constexpr std::size_t usual_buffer = 64 * 1024;
constexpr std::size_t most_kept_wire = 1u << 20;

}  // namespace

// Outlives its Socket until every callback that libuv owes has come.
struct Socket::Connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    };
    uv_connect_t connecting;
    uv_getaddrinfo_t resolving;
    uv_write_t writing;
    WireEvents* events = nullptr;
    std::uint16_t port = 0;
    addrinfo* addresses = nullptr;  // Of the name.
    addrinfo* next_address = nullptr;
    std::string last_reason;
    std::string unsent;
    bool is_waiting = false;
    bool dropped = false;  // By its Socket: nobody listens.
    bool resolves = false;
    bool closed = false;
    std::unique_ptr<char[]> bytes{new char[usual_buffer]};
    std::size_t capacity = usual_buffer;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::unique_ptr<TlsSession> tls;  // None: the wire's bytes are the plain ones.
    std::unique_ptr<char[]> wire;     // With TLS: what arrives.

    static Connection& of(void* data) { return *static_cast<Connection*>(data); }

    void end_with(const std::string& reason) {
        if (dropped) return;
        events->ended(reason);
    }

    void connect_path(uv_loop_t* loop, const std::string& path) {
        uv_pipe_init(loop, &pipe, 0);
        uv_pipe_connect(&connecting, &pipe, path.c_str(), on_connect);
    }

    void resolve(uv_loop_t* loop, const std::string& host) {
        uv_tcp_init(loop, &tcp);
        resolving.data = this;
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        sockaddr_in v4{};
        sockaddr_in6 v6{};
        if (uv_ip4_addr(host.c_str(), port, &v4) == 0)
            return connect_to(reinterpret_cast<sockaddr*>(&v4));
        if (uv_ip6_addr(host.c_str(), port, &v6) == 0)
            return connect_to(reinterpret_cast<sockaddr*>(&v6));
        resolves = true;
        const std::string service = std::to_string(port);
        if (const int error = uv_getaddrinfo(loop, &resolving, on_resolved, host.c_str(),
                                             service.c_str(), &hints)) {
            resolves = false;
            last_reason = uv_strerror(error);
            fail_soon();
        }
    }

    void connect_to(const sockaddr* address) {
        uv_tcp_nodelay(&tcp, 1);
        if (const int error = uv_tcp_connect(&connecting, &tcp, address, on_connect)) {
            last_reason = uv_strerror(error);
            fail_soon();
        }
    }

    // Not from inside the constructor: a handle that is closed tells its end.
    void fail_soon() {
        uv_close(&handle, [](uv_handle_t* h) {
            Connection& self = of(h->data);
            self.end_with(self.last_reason);
            self.closed = true;  // Only now: the socket may have been dropped inside.
            self.delete_when_done();
        });
    }

    void try_next_address() {
        if (next_address == nullptr) return end_with(last_reason);
        addrinfo* address = next_address;
        next_address = address->ai_next;
        connect_to(address->ai_addr);
    }

    static void on_resolved(uv_getaddrinfo_t* request, int status, addrinfo* found) {
        Connection& self = of(request->data);
        self.resolves = false;
        self.addresses = self.next_address = found;
        if (self.dropped) return self.delete_when_done();
        if (status != 0)
            self.last_reason = std::string("cannot resolve the name: ") + uv_strerror(status);
        self.try_next_address();
    }

    static void on_connect(uv_connect_t* request, int status) {
        Connection& self = of(request->handle->data);
        if (self.dropped || status == UV_ECANCELED) return;
        if (status == 0) {
            if (self.tls) return self.start_tls();
            uv_read_start(&self.stream, on_room_wanted, on_read);
            return self.events->connected();
        }
        self.last_reason = uv_strerror(status);
        if (self.next_address == nullptr) return self.end_with(self.last_reason);
        self.renew_and_try();
    }

    // A TCP handle connects once: the next address needs a new one.
    void renew_and_try() {
        uv_close(&handle, [](uv_handle_t* h) {
            Connection& self = of(h->data);
            if (self.dropped) {
                self.closed = true;
                return self.delete_when_done();
            }
            uv_tcp_init(h->loop, &self.tcp);
            self.try_next_address();
        });
    }

    static void on_room_wanted(uv_handle_t* h, std::size_t, uv_buf_t* room) {
        Connection& self = of(h->data);
        self.make_room(smallest_room);
        room->base = self.bytes.get() + self.end;
        room->len = self.capacity - self.end;
    }

    void make_room(std::size_t wanted) {
        if (begin == end) begin = end = 0;
        if (capacity - end >= wanted) return;
        const std::size_t size = end - begin;
        if (capacity - size >= wanted) {
            std::memmove(bytes.get(), bytes.get() + begin, size);
        } else {
            const std::size_t larger = std::max(2 * capacity, size + wanted);
            std::unique_ptr<char[]> moved(new char[larger]);
            std::memcpy(moved.get(), bytes.get() + begin, size);
            bytes = std::move(moved);
            capacity = larger;
        }
        begin = 0;
        end = size;
    }

    static void on_read(uv_stream_t* s, ssize_t count, const uv_buf_t*) {
        Connection& self = of(s->data);
        if (count == 0 || self.dropped) return;
        if (count < 0) {
            uv_read_stop(s);
            return self.end_with(count == UV_EOF ? "closed by the server"
                                                 : uv_strerror(static_cast<int>(count)));
        }
        self.end += static_cast<std::size_t>(count);
        self.events->received();
    }

    void start_tls() {
        wire.reset(new char[usual_buffer]);
        uv_read_start(&stream, on_wire_room_wanted, on_wire_read);
        tls->shake_hands();
        send_wire();
        end_of_tls();  // If what is allowed leaves nothing to begin with.
    }

    static void on_wire_room_wanted(uv_handle_t* h, std::size_t, uv_buf_t* room) {
        *room = uv_buf_init(of(h->data).wire.get(), usual_buffer);
    }

    static void on_wire_read(uv_stream_t* s, ssize_t count, const uv_buf_t*) {
        Connection& self = of(s->data);
        if (count == 0 || self.dropped) return;
        if (count < 0) {
            uv_read_stop(s);
            const char* reason =
                count == UV_EOF ? "closed by the server" : uv_strerror(static_cast<int>(count));
            return self.end_with(self.tls->cut_off(reason));
        }
        self.tls->feed({self.wire.get(), static_cast<std::size_t>(count)});
        self.decrypt();
    }

    // What was fed to TLS, until nothing is left of it or of the connection.
    void decrypt() {
        if (tls->state() == TlsSession::State::shaking_hands) {
            tls->shake_hands();
            send_wire();
            if (tls->state() == TlsSession::State::open) events->connected();
            if (dropped) return;
        }
        const std::size_t before = end - begin;
        std::size_t got = 0;
        do {
            make_room(smallest_room);
            got = tls->read(bytes.get() + end, capacity - end);
            end += got;
        } while (got > 0);
        send_wire();  // Answers of TLS's own, to renewed keys for example.
        if (end - begin > before) events->received();
        if (!dropped) end_of_tls();
    }

    void end_of_tls() {
        const bool closed_by_peer = tls->state() == TlsSession::State::closed;
        if (!closed_by_peer && tls->state() != TlsSession::State::failed) return;
        uv_read_stop(&stream);
        end_with(closed_by_peer ? "closed by the server" : tls->reason());
    }

    // What TLS wants to send; not before the kernel has taken what it was given.
    void send_wire() {
        std::string& output = tls->output();
        if (is_waiting || output.empty()) return;
        send(output);
        if (output.capacity() > most_kept_wire) output = {};
        output.clear();
    }

    void write(std::string_view text) {
        if (!tls) return send(text);
        tls->write(text);
        send_wire();
    }

    void send(std::string_view text) {
        while (!text.empty()) {
            uv_buf_t piece =
                uv_buf_init(const_cast<char*>(text.data()), static_cast<unsigned>(text.size()));
            const int sent = uv_try_write(&stream, &piece, 1);
            if (sent <= 0) break;  // EAGAIN, or an error that the read side reports.
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        if (text.empty()) return;
        unsent.assign(text);
        is_waiting = true;
        uv_buf_t rest = uv_buf_init(unsent.data(), static_cast<unsigned>(unsent.size()));
        uv_write(&writing, &stream, &rest, 1, on_written);
    }

    static void on_written(uv_write_t* request, int status) {
        Connection& self = of(request->handle->data);
        self.is_waiting = false;
        self.unsent.clear();
        if (self.dropped || status != 0) return;  // The read side reports errors.
        if (self.tls) self.send_wire();
        if (!self.is_waiting) self.events->drained();
    }

    void drop() {
        dropped = true;
        if (resolves) uv_cancel(reinterpret_cast<uv_req_t*>(&resolving));
        if (closed) return delete_when_done();
        if (uv_is_closing(&handle)) return;
        if (tls) say_goodbye();
        uv_close(&handle, [](uv_handle_t* h) {
            of(h->data).closed = true;
            of(h->data).delete_when_done();
        });
    }

    // As far as the kernel takes it now.
    void say_goodbye() {
        tls->close();
        const std::string& output = tls->output();
        if (is_waiting || output.empty()) return;
        uv_buf_t piece =
            uv_buf_init(const_cast<char*>(output.data()), static_cast<unsigned>(output.size()));
        uv_try_write(&stream, &piece, 1);
    }

    void delete_when_done() {
        if (!dropped || !closed || resolves) return;
        if (addresses != nullptr) uv_freeaddrinfo(addresses);
        delete this;
    }
};

Socket::Socket(Loop& loop, const std::string& host, std::uint16_t port, WireEvents& events,
               TlsContext* tls)
    : connection_(new Connection) {
    if (tls != nullptr) connection_->tls = std::make_unique<TlsSession>(*tls, host, port);
    connection_->events = &events;
    connection_->port = port;
    connection_->handle.data = connection_;
    if (host.starts_with('/')) {
        connection_->connect_path(loop.raw(), host);
    } else {
        connection_->resolve(loop.raw(), host);
    }
    connection_->handle.data = connection_;
}

Socket::~Socket() {
    connection_->drop();
}

void Socket::write(std::string_view bytes) {
    connection_->write(bytes);
}
bool Socket::waiting() const {
    return connection_->is_waiting;
}
bool Socket::shaking_hands() const {
    return connection_->wire && connection_->tls->state() == TlsSession::State::shaking_hands;
}
std::string_view Socket::buffer() const {
    return {connection_->bytes.get() + connection_->begin, connection_->end - connection_->begin};
}
void Socket::consume(std::size_t bytes) {
    connection_->begin += bytes;
}
void Socket::expect(std::size_t bytes) {
    connection_->make_room(bytes);
}

}  // namespace grapevine::client::io
