#include "node/admin/digest.h"

#include <algorithm>

namespace grapevine::node::admin {
namespace {

std::string_view view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// What comes later counts differently than what came before.
void append(Digest& digest, std::string_view bytes) {
    combine(digest, sha1(bytes));
    digest = sha1(view(digest));
}

void append_number(Digest& digest, std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
    append(digest, bytes);
}

void append_value(Digest& digest, std::string_view value, bool expires) {
    constexpr std::uint32_t string_type = 0;
    append_number(digest, string_type);
    append(digest, value);
    if (expires) combine(digest, sha1("!!expire!!"));
}

}  // namespace

Digest value_digest(std::string_view value, bool expires) {
    Digest digest{};
    append_value(digest, value, expires);
    return digest;
}

Digest key_digest(std::string_view key, std::string_view value, bool expires) {
    Digest digest{};
    append(digest, key);
    append_value(digest, value, expires);
    return sha1(view(digest));
}

Digest keyspace_digest(const store::Keyspace& keyspace) {
    Digest sum{};
    keyspace.occupied().for_each([&](slots::Slot slot) {
        for (store::Position at = 0; at != store::position_end;) {
            at = keyspace.table(slot).walk(at, [&](store::Ref ref) {
                combine(sum, key_digest(ref->key(), ref->value(), ref->expires()));
            });
        }
    });
    return sum;
}

void combine(Digest& sum, const Digest& part) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= part[i];
}

Digest data_digest(std::span<const Digest> databases) {
    Digest digest{};
    for (std::size_t number = 0; number < databases.size(); ++number) {
        if (databases[number] == Digest{}) continue;
        append_number(digest, static_cast<std::uint32_t>(number));
        combine(digest, databases[number]);
    }
    return digest;
}

std::string to_hex(const Digest& digest) {
    std::string text;
    for (const auto byte : digest) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace grapevine::node::admin
