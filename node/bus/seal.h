// The arithmetic of authentication: keys, what is derived from them, and codes of frames. All of it
// is BLAKE2b (libsodium); nothing here is secret but Key and SessionKey.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace grapevine::node::bus {

using Bytes = std::span<const std::uint8_t>;
using Nonce = std::array<std::uint8_t, 32>;
using KeyId = std::array<std::uint8_t, 8>;
using SessionKey = std::array<std::uint8_t, 32>;
using Code = std::array<std::uint8_t, 16>;

// Never the same twice.
Nonce fresh_nonce();

// What a cluster's nodes share, made of the text that the operator gave.
class Key {
public:
    explicit Key(std::string_view text);

    // Names the key without telling it.
    const KeyId& id() const { return id_; }
    // A key for one purpose: of what is said to `purpose`, nobody learns this key or another one.
    SessionKey derive(Bytes purpose) const;
    bool operator==(const Key&) const = default;

private:
    SessionKey secret_;
    KeyId id_;
};

// Nobody without `key` finds the code of a frame. The bytes where the frame carries its own code
// (see gossip/layout.h) do not count.
Code code_of(Bytes frame, const SessionKey& key);
// Takes as long wherever the first difference is.
bool equal(const Code& one, Bytes other);

}  // namespace grapevine::node::bus
