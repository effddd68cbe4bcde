// What a client's TLS connections have in common: read from files, with an error for each that
// will not do.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "client/io/openssl.h"

namespace grapevine::client::io {
namespace {

using slots::Error;
using slots::Result;

Error bad_file(const char* what, const std::string& path, const std::string& why) {
    return Error{std::string("TLS ") + what + " '" + path + "': " + why};
}

// OpenSSL's own words for a file that is not there are no help.
Result<void> look_at(const char* what, const std::string& path) {
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) return bad_file(what, path, "is a directory");
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) return bad_file(what, path, std::strerror(errno));
    std::fclose(file);
    return {};
}

Result<void> trust(SSL_CTX* context, const Tls& settings) {
    if (settings.ca_file.empty() && settings.ca_directory.empty()) {
        if (SSL_CTX_set_default_verify_paths(context) == 1) return {};
        return Error{"TLS the system's authorities cannot be read: " + take_complaint().text};
    }
    if (!settings.ca_file.empty()) {
        constexpr const char* what = "the authorities' file";
        if (auto looked = look_at(what, settings.ca_file); !looked) return looked.error();
        if (SSL_CTX_load_verify_file(context, settings.ca_file.c_str()) != 1)
            return bad_file(what, settings.ca_file,
                            "holds no certificate that can be read: " + take_complaint().text);
    }
    if (!settings.ca_directory.empty()) {
        constexpr const char* what = "the authorities' directory";
        std::error_code error;
        const std::filesystem::directory_iterator readable(settings.ca_directory, error);
        if (error) return bad_file(what, settings.ca_directory, error.message());
        if (SSL_CTX_load_verify_dir(context, settings.ca_directory.c_str()) != 1)
            return bad_file(what, settings.ca_directory, take_complaint().text);
    }
    return {};
}

// What OpenSSL asks when a key is encrypted.
struct Asked {
    bool asked = false;
    std::string answer;
};

int answer_passphrase(char* room, int size, int, void* data) {
    Asked& asked = *static_cast<Asked*>(data);
    asked.asked = true;
    if (asked.answer.empty() || static_cast<int>(asked.answer.size()) > size) return -1;
    std::memcpy(room, asked.answer.data(), asked.answer.size());
    return static_cast<int>(asked.answer.size());
}

OwnedKey read_key(const std::string& path, Asked& asked) {
    ERR_clear_error();
    const OwnedBio file(BIO_new_file(path.c_str(), "rb"));
    if (!file) return nullptr;
    return OwnedKey(PEM_read_bio_PrivateKey(file.get(), nullptr, answer_passphrase, &asked));
}

// The user is asked between two attempts, not by OpenSSL: what they throw does not pass through it.
Result<OwnedKey> load_key(const std::string& path, const Tls& settings) {
    constexpr const char* what = "the key's file";
    if (auto looked = look_at(what, path); !looked) return looked.error();
    Asked asked;
    OwnedKey key = read_key(path, asked);
    if (!key && asked.asked) {
        if (!settings.passphrase)
            return bad_file(what, path, "is encrypted, and Tls::passphrase is not set");
        asked.answer = settings.passphrase();
        key = read_key(path, asked);
        OPENSSL_cleanse(asked.answer.data(), asked.answer.size());
        if (!key) return bad_file(what, path, "is encrypted with another passphrase");
    }
    if (!key) return bad_file(what, path, "holds no private key that can be read (PEM)");
    return key;
}

Result<void> prove_ourselves(SSL_CTX* context, const Tls& settings) {
    if (settings.certificate_file.empty()) {
        if (settings.key_file.empty()) return {};
        return Error{"TLS a key_file without a certificate_file proves nothing"};
    }
    constexpr const char* what = "the certificate's file";
    const std::string& path = settings.certificate_file;
    if (auto looked = look_at(what, path); !looked) return looked.error();
    if (SSL_CTX_use_certificate_chain_file(context, path.c_str()) != 1)
        return bad_file(what, path,
                        "holds no certificate that can be read: " + take_complaint().text);
    const std::string& key_path = settings.key_file.empty() ? path : settings.key_file;
    auto key = load_key(key_path, settings);
    if (!key) return key.error();
    if (SSL_CTX_use_PrivateKey(context, key->get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        return bad_file(
            "the key's file", key_path,
            "is not the key of the certificate in '" + path + "': " + take_complaint().text);
    return {};
}

Result<void> choose_ciphers(SSL_CTX* context, const Tls& settings) {
    SSL_CTX_set_min_proto_version(context, settings.lowest_version == Tls::Version::tls_1_3
                                               ? TLS1_3_VERSION
                                               : TLS1_2_VERSION);
    if (!settings.ciphers.empty() &&
        SSL_CTX_set_cipher_list(context, settings.ciphers.c_str()) != 1)
        return Error{"TLS ciphers '" + settings.ciphers + "': " + take_complaint().text};
    if (!settings.ciphersuites.empty() &&
        SSL_CTX_set_ciphersuites(context, settings.ciphersuites.c_str()) != 1)
        return Error{"TLS ciphersuites '" + settings.ciphersuites + "': " + take_complaint().text};
    return {};
}

OwnedContext new_context() {
    // A client that lives until the process exits must not lose OpenSSL before that.
    OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
    ERR_clear_error();
    OwnedContext context(SSL_CTX_new(TLS_client_method()));
    if (!context) return nullptr;
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), keep_ticket);
    return context;
}

}  // namespace

slots::Result<std::shared_ptr<TlsContext>> TlsContext::make(const Tls& settings) {
    auto parts = std::make_unique<Parts>();
    parts->settings = settings;
    parts->context = new_context();
    SSL_CTX* context = parts->context.get();
    if (context == nullptr) return Error{"TLS cannot be used: " + take_complaint().text};
    for (auto* step : {choose_ciphers, trust, prove_ourselves})
        if (auto done = step(context, settings); !done) return done.error();
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(parts)));
}

TlsContext::TlsContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsContext::~TlsContext() = default;

}  // namespace grapevine::client::io
