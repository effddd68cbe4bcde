#include "tests/client/io/certificates.h"

#include <cstdlib>
#include <fstream>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace grapevine::client::io::test {
namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    GRAPEVINE_CHECK(extension != nullptr, "the test writes extensions that OpenSSL knows");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Identity unsigned_identity(const Wish& wish) {
    static long serial = 0;
    Identity made{OwnedKey(EVP_EC_gen("P-256")), OwnedCertificate(X509_new())};
    X509* certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wish.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wish.valid_until);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                               -1, 0);
    return made;
}

std::string text_in(BIO* bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Identity new_authority(const std::string& name) {
    Identity made = unsigned_identity({.common_name = name});
    X509* certificate = made.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate, made.key.get(), EVP_sha256());
    return made;
}

Identity issued_by(const Identity& authority, const Wish& wish) {
    Identity made = unsigned_identity(wish);
    X509* certificate = made.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(authority.certificate.get()));
    if (!wish.names.empty()) add_extension(certificate, NID_subject_alt_name, wish.names);
    X509_sign(certificate, authority.key.get(), EVP_sha256());
    return made;
}

std::string pem_of(const X509& certificate) {
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), &certificate);
    return text_in(bio.get());
}

std::string pem_of(const EVP_PKEY& key, const std::string& passphrase) {
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), &key, passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                             reinterpret_cast<const unsigned char*>(passphrase.data()),
                             static_cast<int>(passphrase.size()), nullptr, nullptr);
    return text_in(bio.get());
}

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "grapevine-tls-XXXXXX").string();
    GRAPEVINE_CHECK(mkdtemp(name.data()) != nullptr, "a test may write temporary files");
    path_ = name;
}

Folder::~Folder() {
    std::filesystem::remove_all(path_);
}

std::string Folder::file(const std::string& name, const std::string& content) const {
    const auto path = path_ / name;
    std::ofstream(path) << content;
    return path.string();
}

}  // namespace grapevine::client::io::test
