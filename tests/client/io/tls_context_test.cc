// Files that will not do are named, with what is wrong with them.
#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/client/io/certificates.h"

using namespace grapevine::client::io::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using grapevine::client::Tls;
using grapevine::client::io::TlsContext;

namespace {

std::string error_of(const Tls& settings) {
    const auto made = TlsContext::make(settings);
    return made ? "" : made.error().text;
}

struct Files {
    Folder folder;
    Identity authority = new_authority("the authority");
    Identity ours = issued_by(authority);
    std::string ca = folder.file("ca.pem", pem_of(*authority.certificate));
    std::string certificate = folder.file("ours.pem", pem_of(*ours.certificate));
    std::string key = folder.file("ours.key", pem_of(*ours.key));
    std::string locked = folder.file("locked.key", pem_of(*ours.key, "open sesame"));
    std::string garbage = folder.file("garbage", "no PEM at all\n");
    std::string missing = folder.path() + "/missing";
};

}  // namespace

TEST_CASE("what is whole is taken", "[tls]") {
    const Files files;
    CHECK(error_of({}).empty());  // The system's authorities, nothing of our own.
    CHECK(error_of({.ca_file = files.ca}).empty());
    CHECK(error_of({.ca_directory = files.folder.path()}).empty());
    CHECK(error_of({.certificate_file = files.certificate, .key_file = files.key}).empty());
    CHECK(error_of({.ciphers = "ECDHE+AESGCM", .ciphersuites = "TLS_AES_128_GCM_SHA256"}).empty());
}

TEST_CASE("authorities that cannot be read are named", "[tls]") {
    const Files files;
    CHECK(error_of({.ca_file = files.missing}) ==
          "TLS the authorities' file '" + files.missing + "': No such file or directory");
    CHECK_THAT(error_of({.ca_file = files.garbage}),
               Contains(files.garbage) && Contains("holds no certificate"));
    CHECK_THAT(error_of({.ca_file = files.folder.path()}), Contains("is a directory"));
    CHECK_THAT(error_of({.ca_directory = files.ca}),
               Contains(files.ca) && Contains("Not a directory"));
}

TEST_CASE("a certificate and a key that do not fit are named", "[tls]") {
    const Files files;
    const Identity other = issued_by(files.authority);
    const std::string stranger = files.folder.file("other.key", pem_of(*other.key));

    CHECK_THAT(error_of({.certificate_file = files.missing}),
               Contains(files.missing + "': No such"));
    CHECK_THAT(error_of({.certificate_file = files.garbage}),
               Contains(files.garbage) && Contains("holds no certificate"));
    CHECK_THAT(error_of({.certificate_file = files.certificate}),
               Contains(files.certificate) && Contains("holds no private key"));
    CHECK_THAT(error_of({.certificate_file = files.certificate, .key_file = files.garbage}),
               Contains(files.garbage) && Contains("holds no private key"));
    CHECK_THAT(error_of({.certificate_file = files.certificate, .key_file = stranger}),
               Contains(stranger) && Contains("is not the key of the certificate") &&
                   Contains(files.certificate));
    CHECK_THAT(error_of({.key_file = files.key}), Contains("without a certificate_file"));
}

TEST_CASE("an encrypted key is opened by its passphrase only", "[tls]") {
    const Files files;
    Tls settings{.certificate_file = files.certificate, .key_file = files.locked};
    CHECK_THAT(error_of(settings),
               Contains(files.locked) && Contains("Tls::passphrase is not set"));
    int asked = 0;
    settings.passphrase = [&] { return ++asked, std::string("abracadabra"); };
    CHECK_THAT(error_of(settings), Contains(files.locked) && Contains("another passphrase"));
    settings.passphrase = [&] { return ++asked, std::string(5000, 'x'); };
    CHECK_THAT(error_of(settings), Contains("another passphrase"));
    settings.passphrase = [&] { return ++asked, std::string("open sesame"); };
    CHECK(error_of(settings).empty());
    CHECK(asked == 3);
    settings.passphrase = []() -> std::string { throw std::runtime_error("no terminal"); };
    CHECK_THROWS_WITH(error_of(settings), "no terminal");
}

TEST_CASE("ciphers that nobody knows are named", "[tls]") {
    CHECK_THAT(error_of({.ciphers = "ROT13"}), StartsWith("TLS ciphers 'ROT13': "));
    CHECK_THAT(error_of({.ciphersuites = "ROT13"}), StartsWith("TLS ciphersuites 'ROT13': "));
}
