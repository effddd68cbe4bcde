// How the connections to the nodes are encrypted, and whom a node has to prove itself to be.
#pragma once

#include <cstdint>
#include <grapevine/lean.h>
#include <string>

namespace grapevine::client {

// For Options::tls. All files are PEM and are read once, by Cluster::connect(), which names the one
// that will not do. What is not said here is OpenSSL's: its defaults, its configuration file.
//
// The port of the first nodes is their TLS port. Those of the others come from CLUSTER SLOTS: Redis
// 7.0 names TLS ports there only with `tls-cluster yes`.
struct Tls {
    // Whose certificates are believed. Without both: those that the system believes.
    std::string ca_file{};
    std::string ca_directory{};  // With names that are hashes, as `openssl rehash` makes them.

    // With what this client proves itself to nodes that ask for it (tls-auth-clients). First our
    // certificate, after it those between it and the authority.
    std::string certificate_file{};
    std::string key_file{};  // Empty: it is in the certificate's file.
    // Called once, inside connect(), if the key is encrypted. Without it such a key is an error;
    // nobody is ever asked on a terminal.
    std::function<std::string()> passphrase{};

    // The name that every node's certificate has to have, also sent as SNI. Empty: that by which
    // the node is connected to, a host's name or an address. Clusters announce addresses, unless
    // they are told otherwise (cluster-announce-hostname); certificates without them need a name
    // here that all of them have.
    std::string server_name{};
    // Only without a certificate that can be verified. Whoever is on the way reads and changes
    // everything unnoticed.
    bool verify_peer = true;  // False: any certificate, with any name.
    bool verify_name = true;  // False: any certificate of the authorities, whoever's it is.

    enum class Version : std::uint8_t { tls_1_2, tls_1_3 };
    Version lowest_version = Version::tls_1_2;
    std::string ciphers{};       // For TLS 1.2, in OpenSSL's words. Empty: OpenSSL's default.
    std::string ciphersuites{};  // For TLS 1.3, likewise.
};

}  // namespace grapevine::client
