#include <algorithm>
#include <cstring>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "client/io/openssl.h"

namespace grapevine::client::io {
namespace {

// The types of TLS's records (RFC 8446, 5.1). Anything else in the first place is no TLS.
constexpr unsigned char alert_record = 21;
constexpr unsigned char handshake_record = 22;

}  // namespace

struct TlsSession::Parts {
    TlsContext::Parts* context = nullptr;
    std::string name;    // That the certificate has to have.
    std::string ticket;  // Where its tickets are kept.
    OwnedConnection connection;
    State state = State::shaking_hands;
    std::string reason;
    std::string refusal;     // Of the peer's certificate.
    std::string_view input;  // What was fed and not used yet.
    std::string output;
    bool heard = false;  // Something has come from the peer,
    bool plain = false;  // and it was no TLS.

    void fail(std::string why) {
        state = State::failed;
        reason = "TLS " + std::move(why);
    }

    // After a call of OpenSSL's that did not do what it should.
    void look_at(int result) {
        switch (SSL_get_error(connection.get(), result)) {
            case SSL_ERROR_WANT_READ:
                return;
            case SSL_ERROR_ZERO_RETURN:
                state = State::closed;
                return;
            default:
                fail(describe(take_complaint()));
        }
    }

    std::string describe(const Complaint& complaint) const {
        if (plain) return "the server does not speak TLS at this port: it answered in plain text";
        if (!refusal.empty()) return refusal;
        // Alerts: what the peer says is numbered from 1000 on.
        const bool said =
            complaint.library == ERR_LIB_SSL && complaint.reason >= SSL_AD_REASON_OFFSET;
        if (!said) return complaint.text;
        const int alert = complaint.reason - SSL_AD_REASON_OFFSET;
        std::string text = "the server refused: " + complaint.text;
        if (alert == TLS13_AD_CERTIFICATE_REQUIRED) text += " (see Tls::certificate_file)";
        return text;
    }
};

namespace {

using Parts = TlsSession::Parts;

// Both ends of the wire as OpenSSL sees them: it reads what was fed and writes into a string.
Parts& parts_of(BIO* bio) {
    return *static_cast<Parts*>(BIO_get_data(bio));
}

int read_wire(BIO* bio, char* room, std::size_t size, std::size_t* count) {
    BIO_clear_retry_flags(bio);
    std::string_view& input = parts_of(bio).input;
    *count = std::min(size, input.size());
    if (*count == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    std::memcpy(room, input.data(), *count);
    input.remove_prefix(*count);
    return 1;
}

int write_wire(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
    BIO_clear_retry_flags(bio);
    parts_of(bio).output.append(bytes, size);
    *count = size;
    return 1;
}

long control_wire(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* new_wire(Parts& parts) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "grapevine");
        BIO_meth_set_read_ex(made, read_wire);
        BIO_meth_set_write_ex(made, write_wire);
        BIO_meth_set_ctrl(made, control_wire);
        return made;
    }();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, &parts);
    BIO_set_init(bio, 1);
    return bio;
}

int on_verified(int ok, X509_STORE_CTX* store) {
    auto* connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    Parts& parts = *static_cast<Parts*>(SSL_get_app_data(connection));
    if (ok == 0 && parts.refusal.empty()) parts.refusal = refusal_of(store, parts.name);
    return ok;
}

// SNI is for names only (RFC 6066, 3); an address is looked for among the certificate's addresses.
void expect_name(SSL* connection, const std::string& name, bool verify) {
    X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
    const OwnedAddress address(a2i_IPADDRESS(name.c_str()));
    if (!address) SSL_set_tlsext_host_name(connection, name.c_str());
    if (!verify) return;
    if (address) {
        X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str());
    } else {
        SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(connection, name.c_str());
    }
}

}  // namespace

int keep_ticket(SSL* connection, SSL_SESSION* ticket) {
    Parts& parts = *static_cast<Parts*>(SSL_get_app_data(connection));
    parts.context->tickets[parts.ticket].reset(ticket);
    return 1;
}

TlsSession::TlsSession(TlsContext& context, const std::string& host, std::uint16_t port)
    : parts_(std::make_unique<Parts>()) {
    Parts& parts = *parts_;
    const Tls& settings = context.parts().settings;
    parts.context = &context.parts();
    parts.name = settings.server_name.empty() ? host : settings.server_name;
    parts.ticket = host + ":" + std::to_string(port);
    parts.connection.reset(SSL_new(parts.context->context.get()));
    SSL* connection = parts.connection.get();
    GRAPEVINE_CHECK(connection != nullptr, "there is memory for a TLS session");
    SSL_set_app_data(connection, &parts);
    BIO* wire = new_wire(parts);
    SSL_set_bio(connection, wire, wire);
    SSL_set_connect_state(connection);
    SSL_set_verify(connection, settings.verify_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                   settings.verify_peer ? on_verified : nullptr);
    expect_name(connection, parts.name, settings.verify_peer && settings.verify_name);
    const auto& ticket = parts.context->tickets[parts.ticket];
    if (ticket) SSL_set_session(connection, ticket.get());
}

// Without this, OpenSSL would forget what can be taken up again whenever a connection ended without
// ceremony.
TlsSession::~TlsSession() {
    if (parts_->state != State::failed)
        SSL_set_shutdown(parts_->connection.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsSession::State TlsSession::state() const {
    return parts_->state;
}
const std::string& TlsSession::reason() const {
    return parts_->reason;
}
std::string& TlsSession::output() {
    return parts_->output;
}

void TlsSession::shake_hands() {
    if (parts_->state != State::shaking_hands) return;
    ERR_clear_error();
    const int result = SSL_do_handshake(parts_->connection.get());
    if (result == 1) {
        parts_->state = State::open;
    } else {
        parts_->look_at(result);
    }
}

void TlsSession::feed(std::string_view wire) {
    parts_->input = wire;
    if (parts_->heard || wire.empty()) return;
    parts_->heard = true;
    const auto first = static_cast<unsigned char>(wire[0]);
    parts_->plain = first != handshake_record && first != alert_record;
}

std::size_t TlsSession::read(char* room, std::size_t size) {
    if (parts_->state != State::open) return 0;
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(parts_->connection.get(), room, size, &count);
    if (result == 1) return count;
    parts_->look_at(result);
    return 0;
}

void TlsSession::write(std::string_view plain) {
    if (parts_->state != State::open || plain.empty()) return;
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(parts_->connection.get(), plain.data(), plain.size(), &count);
    if (result != 1) parts_->fail("cannot be written: " + take_complaint().text);
}

void TlsSession::close() {
    if (parts_->state != State::open && parts_->state != State::closed) return;
    ERR_clear_error();
    SSL_shutdown(parts_->connection.get());
}

std::string TlsSession::cut_off(std::string_view reason) const {
    if (parts_->state == State::shaking_hands)
        return "TLS the handshake was cut off: " + std::string(reason);
    return std::string(reason) + ", without the end that TLS asks for";
}

}  // namespace grapevine::client::io
