// Authorities, certificates and the files that they are kept in, made for one test.
#pragma once

#include <filesystem>
#include <string>

#include "client/io/openssl.h"

namespace grapevine::client::io::test {

using OwnedCertificate = std::unique_ptr<X509, Freed<X509_free>>;

struct Identity {
    OwnedKey key;
    OwnedCertificate certificate;
};

struct Wish {
    std::string common_name = "node";
    std::string names = "DNS:localhost,IP:127.0.0.1";  // As openssl.cnf writes them; empty: none.
    long valid_from = -3600;                           // In seconds from now.
    long valid_until = 3600;
};

Identity new_authority(const std::string& name);
Identity issued_by(const Identity& authority, const Wish& wish = {});

std::string pem_of(const X509& certificate);
std::string pem_of(const EVP_PKEY& key, const std::string& passphrase = "");

// A directory for files, gone at the end.
class Folder {
public:
    Folder();
    ~Folder();
    // Its path.
    std::string file(const std::string& name, const std::string& content) const;
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

}  // namespace grapevine::client::io::test
