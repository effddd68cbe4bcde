// OpenSSL's objects with owners, and its complaints as text. For the files that make TLS of it.
#pragma once

#include <map>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>

#include "client/io/tls.h"

namespace grapevine::client::io {

template <auto free_it>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        free_it(object);
    }
};
inline void free_bio(BIO* bio) {
    BIO_free(bio);
}
using OwnedBio = std::unique_ptr<BIO, Freed<free_bio>>;
using OwnedContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using OwnedConnection = std::unique_ptr<SSL, Freed<SSL_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using OwnedTicket = std::unique_ptr<SSL_SESSION, Freed<SSL_SESSION_free>>;
using OwnedAddress = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;

struct TlsContext::Parts {
    Tls settings;
    OwnedContext context;
    std::map<std::string, OwnedTicket> tickets;  // By "host:port": to take up a session again.
};

// Called when a session was negotiated that can be taken up again: 1 when the ticket is kept.
int keep_ticket(SSL* connection, SSL_SESSION* ticket);

// What OpenSSL complained about first since the last time. Forgets the rest.
struct Complaint {
    int library = 0;
    int reason = 0;
    std::string text;
};
Complaint take_complaint();

// Why the certificate that `store` looks at is not believed. `wanted`: the name it should have.
std::string refusal_of(X509_STORE_CTX* store, const std::string& wanted);

}  // namespace grapevine::client::io
