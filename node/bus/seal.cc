#include "node/bus/seal.h"

#include <algorithm>
#include <sodium.h>

#include "gossip/layout.h"
#include "slots/check.h"

namespace grapevine::node::bus {
namespace {

constexpr std::string_view key_purpose = "grapevine cluster bus key, 1";
constexpr std::string_view id_purpose = "grapevine cluster bus key id, 1";

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::array<std::uint8_t, 32> hash(Bytes text, Bytes key) {
    std::array<std::uint8_t, 32> digest;
    crypto_generichash(digest.data(), digest.size(), text.data(), text.size(), key.data(),
                       key.size());
    return digest;
}

KeyId first_of(const std::array<std::uint8_t, 32>& digest) {
    KeyId id;
    std::copy_n(digest.begin(), id.size(), id.begin());
    return id;
}

}  // namespace

Nonce fresh_nonce() {
    GRAPEVINE_CHECK(sodium_init() >= 0, "libsodium has a source of random bytes");
    Nonce nonce;
    randombytes_buf(nonce.data(), nonce.size());
    return nonce;
}

Key::Key(std::string_view text)
    : secret_(hash(bytes_of(text), bytes_of(key_purpose))),
      id_(first_of(hash(bytes_of(id_purpose), secret_))) {}

SessionKey Key::derive(Bytes purpose) const {
    return hash(purpose, secret_);
}

Code code_of(Bytes frame, const SessionKey& key) {
    constexpr Code blank{};
    crypto_generichash_state state;
    Code code;
    const Bytes rest = frame.subspan(gossip::layout::code_at + code.size());
    crypto_generichash_init(&state, key.data(), key.size(), code.size());
    crypto_generichash_update(&state, frame.data(), gossip::layout::code_at);
    crypto_generichash_update(&state, blank.data(), blank.size());
    crypto_generichash_update(&state, rest.data(), rest.size());
    crypto_generichash_final(&state, code.data(), code.size());
    return code;
}

bool equal(const Code& one, Bytes other) {
    return other.size() == one.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace grapevine::node::bus
