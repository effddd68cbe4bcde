#include "tests/client/io/peer.h"

#include <array>
#include <openssl/err.h>

namespace grapevine::client::io::test {

Server::Server(const Settings& settings) : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX* context = context_.get();
    SSL_CTX_set_max_proto_version(context, settings.highest_version);
    SSL_CTX_use_certificate(context, settings.identity->certificate.get());
    SSL_CTX_use_PrivateKey(context, settings.identity->key.get());
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("test"), 4);
    if (settings.clients_authority != nullptr) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context),
                            settings.clients_authority->certificate.get());
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    accept();
}

void Server::accept() {
    connection_.reset(SSL_new(context_.get()));
    SSL_set_bio(connection_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(connection_.get());
    received_.clear();
    complaint_.clear();
}

void Server::feed(std::string_view wire) {
    BIO_write(SSL_get_rbio(connection_.get()), wire.data(), static_cast<int>(wire.size()));
}

std::string Server::take() {
    BIO* bio = SSL_get_wbio(connection_.get());
    std::string wire(BIO_ctrl_pending(bio), '\0');
    if (!wire.empty()) BIO_read(bio, wire.data(), static_cast<int>(wire.size()));
    return wire;
}

void Server::work() {
    std::array<char, 4096> room;
    ERR_clear_error();
    int count = 0;
    while ((count = SSL_read(connection_.get(), room.data(), room.size())) > 0)
        received_.append(room.data(), static_cast<std::size_t>(count));
    if (SSL_get_error(connection_.get(), count) == SSL_ERROR_SSL)
        complaint_ = take_complaint().text;
}

void Server::write(const std::string& plain) {
    SSL_write(connection_.get(), plain.data(), static_cast<int>(plain.size()));
}

void Server::renew_keys() {
    SSL_key_update(connection_.get(), SSL_KEY_UPDATE_REQUESTED);
}

void Server::renegotiate() {
    SSL_renegotiate(connection_.get());
    SSL_do_handshake(connection_.get());
}

void Server::say_end() {
    SSL_shutdown(connection_.get());
}

std::string Server::name_asked_for() const {
    const char* name = SSL_get_servername(connection_.get(), TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
}

bool Server::resumed() const {
    return SSL_session_reused(connection_.get()) == 1;
}

bool Server::was_told_the_end() const {
    return (SSL_get_shutdown(connection_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string hear(TlsSession& client, std::string_view wire) {
    client.feed(wire);
    client.shake_hands();
    std::string heard;
    std::array<char, 5000> room;
    while (const std::size_t count = client.read(room.data(), room.size()))
        heard.append(room.data(), count);
    return heard;
}

std::string carry(TlsSession& client, Server& server, std::size_t piece) {
    std::string heard = hear(client, {});
    for (;;) {
        const std::string there = std::exchange(client.output(), {});
        for (std::size_t at = 0; at < there.size(); at += piece) {
            server.feed(std::string_view(there).substr(at, piece));
            server.work();
        }
        const std::string back = server.take();
        if (there.empty() && back.empty()) return heard;
        for (std::size_t at = 0; at < back.size(); at += piece)
            heard += hear(client, std::string_view(back).substr(at, piece));
    }
}

}  // namespace grapevine::client::io::test
