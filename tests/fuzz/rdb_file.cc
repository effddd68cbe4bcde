// RDB files: from a disk, and from whoever is taken for a primary.
//
// - However the bytes are cut, the same keys come out in the same order, and the same error.
// - A file is whole or an error: what was cut is not taken for whole.
// - Keys take no more memory than the best compression of their bytes allows.
#include <string>
#include <vector>

#include "node/persistence/rdb_reader.h"
#include "node/store/checksum.h"
#include "node/store/encoding.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"

using namespace grapevine;
using namespace grapevine::node;
using namespace grapevine::node::persistence;

namespace {

constexpr int databases = 4;
constexpr std::size_t best_compression = 264 / 3 + 1;
constexpr std::size_t smallest = 512;
constexpr char end_opcode = '\xff';

struct Loading {
    std::vector<std::string> keys;  // One text for all that is known of each.
    std::size_t bytes = 0;
    std::string error;  // Empty: none.
    std::string origin;
    bool operator==(const Loading&) const = default;
};

std::string print(int database, const store::Record& record) {
    const auto expiry = record.expires_at ? std::to_string(*record.expires_at) : "never";
    return std::to_string(database) + ' ' + expiry + ' ' + std::to_string(record.key.size()) + ' ' +
           record.key + record.value;
}

std::string print(const RdbOrigin& origin) {
    return origin.id + ' ' + (origin.offset ? std::to_string(*origin.offset) : "none") + ' ' +
           std::to_string(origin.database) + ' ' + origin.formers + ' ' + origin.shard + ' ' +
           (origin.saved ? std::to_string(*origin.saved) : "none");
}

Loading load(const std::vector<std::string_view>& pieces) {
    Loading loading;
    RdbReader reader(databases, [&](int database, store::Record&& record) {
        GRAPEVINE_CHECK(database >= 0 && database < databases, "a key's database exists");
        loading.keys.push_back(print(database, record));
        loading.bytes += record.key.size() + record.value.size();
    });
    for (const std::string_view piece : pieces) {
        const auto fed = reader.feed(piece);
        if (!fed) {
            loading.error = fed.error().text;
            return loading;
        }
    }
    const auto finished = reader.finish();
    if (!finished) loading.error = finished.error().text;
    loading.origin = print(reader.origin());
    return loading;
}

void check_file(const std::string& file, const std::string& cuts) {
    const Loading whole = load({file});
    GRAPEVINE_CHECK(load(fuzz::pieces(file, cuts)) == whole, "cuts change nothing");
    GRAPEVINE_CHECK(whole.bytes <= smallest + file.size() * best_compression,
                    "keys are no larger than the file can tell");
    if (!whole.error.empty()) return;
    const Loading cut = load({std::string_view(file).substr(0, file.size() - 1)});
    GRAPEVINE_CHECK(!cut.error.empty(), "a file that was cut is not whole");
}

std::string with_checksum(std::string file) {
    file += end_opcode;
    store::append_little_endian(file, store::crc64(0, file));
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::string cuts = input.text(input.below(4));
    const std::string bytes = input.rest();
    check_file(bytes, cuts);
    check_file(with_checksum("REDIS0011" + bytes), cuts);
    return 0;
}
