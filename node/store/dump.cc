#include "node/store/dump.h"

#include <array>

#include "node/store/checksum.h"
#include "node/store/encoding.h"
#include "node/store/keyspace.h"

namespace grapevine::node::store {
namespace {

constexpr std::uint8_t string_type = 0;
enum Opcode : std::uint8_t { idle = 248, frequency = 249, expiry_ms = 252, expiry_seconds = 253 };
constexpr std::uint8_t first_opcode = 244;

// By RDB type (Redis 7.2).
constexpr std::array<std::string_view, 23> type_names{
    "string",  "list", "set",  "zset",   "hash", "zset",   "module", "module",
    "unknown", "hash", "list", "set",    "zset", "hash",   "list",   "stream",
    "hash",    "zset", "list", "stream", "set",  "stream", "hash"};

Error unsupported(std::uint8_t type) {
    const auto name = type < type_names.size() ? type_names[type] : "unknown";
    return Error{"ERR cannot load a value of type " + std::string(name) + " (RDB type " +
                 std::to_string(type) + "): only strings are supported yet"};
}

// Reads what may stand before a record's type, and the type.
std::uint8_t read_type(Decoder& decoder, std::optional<Millis>& expires_at) {
    while (true) {
        const std::uint8_t type = decoder.byte();
        switch (type) {
            case expiry_ms:
                expires_at = static_cast<Millis>(decoder.little_endian(8));
                break;
            case expiry_seconds:
                expires_at = static_cast<Millis>(decoder.little_endian(4)) * 1000;
                break;
            case idle:
                decoder.length();
                break;
            case frequency:
                decoder.byte();
                break;
            default:
                return type;
        }
    }
}

}  // namespace

void append_record_head(std::string& out, const Entry& entry) {
    if (entry.expires()) {
        out.push_back(static_cast<char>(expiry_ms));
        append_little_endian(out, entry.expires_at());
    }
    out.push_back(static_cast<char>(string_type));
    append_string(out, entry.key());
}

void append_record(std::string& out, const Entry& entry) {
    append_record_head(out, entry);
    append_string(out, entry.value());
}

Result<std::optional<Record>> read_record(std::string_view& bytes) {
    Decoder decoder(bytes);
    Record record;
    const std::uint8_t type = read_type(decoder, record.expires_at);
    if (decoder.incomplete()) return std::optional<Record>{};
    if (type >= first_opcode) {
        return Error{"ERR Bad data format: opcode " + std::to_string(type) +
                     " where a key should begin"};
    }
    if (decoder.fine() && type != string_type) return unsupported(type);
    record.key = decoder.string();
    record.value = decoder.string();
    if (decoder.incomplete()) return std::optional<Record>{};
    if (!decoder.fine()) return Error{"ERR Bad data format"};
    bytes.remove_prefix(decoder.consumed());
    return std::optional(std::move(record));
}

std::string dump_payload(std::string_view value) {
    std::string payload(1, static_cast<char>(string_type));
    append_string(payload, value);
    append_little_endian(payload, rdb_version);
    append_little_endian(payload, crc64(0, payload));
    return payload;
}

Result<std::string> read_payload(std::string_view payload) {
    constexpr std::size_t footer_size = 10;
    const Error bad_footer{"ERR DUMP payload version or checksum are wrong"};
    if (payload.size() < footer_size) return bad_footer;
    Decoder footer(payload.substr(payload.size() - footer_size));
    const auto version = footer.little_endian(2);
    const auto checksum = footer.little_endian(8);
    if (version > latest_rdb_version) return bad_footer;
    if (checksum != crc64(0, payload.substr(0, payload.size() - 8))) return bad_footer;

    payload.remove_suffix(footer_size);
    Decoder decoder(payload);
    const std::uint8_t type = decoder.byte();
    if (decoder.fine() && type != string_type) return unsupported(type);
    std::string value = decoder.string();
    if (!decoder.fine() || decoder.consumed() != payload.size())
        return Error{"ERR Bad data format"};
    return value;
}

std::optional<std::string> Keyspace::dump(const Key& key) {
    const Ref* place = read(key);
    if (place == nullptr) return {};
    return dump_payload((*place)->value());
}

Result<void> Keyspace::restore(const Key& key, std::string_view payload,
                               std::optional<Millis> expires_at) {
    const auto value = read_payload(payload);
    if (!value) return value.error();
    set(key, *value, expires_at ? Expiry::at_ms(*expires_at) : Expiry{});
    return {};
}

}  // namespace grapevine::node::store
