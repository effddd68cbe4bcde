// Values as bytes, in the RDB encoding: one form for DUMP, RDB files, full syncs and migrations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/store/entry.h"
#include "slots/result.h"

namespace grapevine::node::store {

inline constexpr std::uint16_t rdb_version = 10;  // What we write: Redis 7.0 reads no later one.
inline constexpr std::uint16_t latest_rdb_version = 11;  // What we read: Redis 7.2 writes it.

// A key as RDB files hold it.
struct Record {
    std::string key;
    Type type = Type::string;
    std::string value;  // The bytes of a string.
    std::optional<Millis> expires_at;
};

// [expiry] type key value. Idle times and frequencies are not written.
void append_record(std::string& out, const Entry& entry);
// The same up to where a string's own bytes follow; for strings that are sent in pieces.
void append_record_head(std::string& out, const Entry& entry);

// Takes one record from the front of `bytes`; nothing, and takes nothing, when it is not all there
// yet. Idle times and frequencies are skipped. ERR for types that the store lacks, by name, and for
// bytes that are no record.
Result<std::optional<Record>> read_record(std::string_view& bytes);

// DUMP: type, value, version, CRC64.
std::string dump_payload(std::string_view value);
// The string of a payload. "ERR DUMP payload version or checksum are wrong", "ERR Bad data format",
// or which type cannot be loaded.
Result<std::string> read_payload(std::string_view payload);

}  // namespace grapevine::node::store
