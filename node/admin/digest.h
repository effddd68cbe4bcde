// What DEBUG DIGEST and DIGEST-VALUE say of data: the same as redis-server 7.0 for the same keys,
// whatever their order and however workers share them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "node/admin/sha1.h"
#include "node/store/keyspace.h"

namespace grapevine::node::admin {

// All zeros for no data.
using Digest = Sha1;

// Of a string's value alone: DIGEST-VALUE.
Digest value_digest(std::string_view value, bool expires);
// Of a string with its key.
Digest key_digest(std::string_view key, std::string_view value, bool expires);
// Of all keys: the combination of theirs, in any order.
Digest keyspace_digest(const store::Keyspace& keyspace);

// The digest of parts that share no key.
void combine(Digest& sum, const Digest& part);
// Of a whole data set, from its databases' by number.
Digest data_digest(std::span<const Digest> databases);

std::string to_hex(const Digest& digest);

}  // namespace grapevine::node::admin
