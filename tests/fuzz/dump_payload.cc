// Payloads of RESTORE: anything a client likes, with a checksum that it can compute.
//
// - A payload is refused, or its value is whole: DUMP gives a payload that restores the same value.
// - A value takes no more memory than the best compression of its payload allows.
// - What was refused changes nothing.
#include <string>

#include "node/store/checksum.h"
#include "node/store/dump.h"
#include "node/store/encoding.h"
#include "node/store/keyspace.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::node::store;

namespace {

constexpr std::size_t best_compression = 264 / 3 + 1;
constexpr std::size_t smallest = 512;

std::string with_footer(std::string body, std::uint16_t version) {
    append_little_endian(body, version);
    append_little_endian(body, crc64(0, body));
    return body;
}

void check_restored(Keyspace& keys, const Key& key, std::string_view payload) {
    const auto value = read_payload(payload);
    const auto restored = keys.restore(key, payload, {});
    GRAPEVINE_CHECK(static_cast<bool>(value) == static_cast<bool>(restored),
                    "a payload is read alike by both");
    if (!value) {
        GRAPEVINE_CHECK(*keys.dump(key) == dump_payload("before"), "a refusal changes nothing");
        return;
    }
    GRAPEVINE_CHECK(value->size() <= smallest + payload.size() * best_compression,
                    "a value is no larger than its payload can tell");
    const auto again = read_payload(*keys.dump(key));
    GRAPEVINE_CHECK(again && *again == *value, "a value survives DUMP and RESTORE");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto version = static_cast<std::uint16_t>(input.byte() % 16);
    const std::string body = input.rest();
    static Keyspace keys;  // Making one takes longer than the rest; nothing is left in it.
    const Key key = make_key("key");
    keys.set(key, "before");
    check_restored(keys, key, body);
    keys.set(key, "before");
    check_restored(keys, key, with_footer(body, version));
    keys.erase(key);
    return 0;
}
