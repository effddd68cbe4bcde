#include <catch2/catch.hpp>

#include "node/persistence/rdb_reader.h"
#include "node/persistence/rdb_writer.h"
#include "node/store/checksum.h"
#include "node/store/encoding.h"

using namespace grapevine;
using namespace grapevine::node::persistence;
namespace store = grapevine::node::store;

namespace {

struct Loaded {
    std::string keys;  // "database:key=value[@expiry] ..."
    std::string error;
    RdbOrigin origin;
};

std::string described(int database, const store::Record& record) {
    auto text = std::to_string(database) + ':' + record.key + '=' + record.value;
    if (record.expires_at) text += '@' + std::to_string(*record.expires_at);
    return text + ' ';
}

Loaded load(std::string_view bytes, std::size_t piece = 1u << 20) {
    Loaded loaded;
    RdbReader reader(16, [&](int database, store::Record&& record) {
        loaded.keys += described(database, record);
    });
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        if (auto fed = reader.feed(bytes.substr(0, piece)); !fed) {
            loaded.error = fed.error().text;
            return loaded;
        }
    }
    if (auto end = reader.finish(); !end) loaded.error = end.error().text;
    loaded.origin = reader.origin();
    return loaded;
}

std::string record(std::string_view key, std::string_view value) {
    std::string bytes(1, '\0');
    store::append_string(bytes, key);
    store::append_string(bytes, value);
    return bytes;
}

std::string expiring(std::int64_t at, std::string_view key, std::string_view value) {
    std::string bytes(1, '\xfc');
    store::append_little_endian(bytes, at);
    return bytes + record(key, value);
}

const std::string id(40, 'a');
const std::string shard(40, 'b');
const std::string formers = std::string(40, 'c') + ":4000 " + std::string(40, 'd') + ":17";

std::string written_file() {
    RdbWriter writer({.server_version = "7.2.4",
                      .created_s = 1700000000,
                      .id = *node::journal::ReplicationId::parse(id),
                      .formers = node::journal::parse_formers(formers),
                      .offset = 4711,
                      .stream_database = 3,
                      .shard = *slots::ShardId::parse(shard),
                      .saved = 4000});
    std::string file;
    writer.records(0, record("a", "1"));
    writer.records(0, record("b", std::string(1000, 'x')) + expiring(1900000000000, "c", "12345"));
    file += writer.take();
    writer.records(9, record("d", ""));
    writer.finish();
    return file + writer.take();
}

// `body` with a header, an end and no checksum.
std::string file_of(std::string_view body, std::string_view version = "0010") {
    return "REDIS" + std::string(version) + std::string(body) + '\xff' + std::string(8, '\0');
}

}  // namespace

TEST_CASE("what was written to an RDB file is read from it", "[persistence]") {
    const auto file = written_file();
    const auto keys = "0:a=1 0:b=" + std::string(1000, 'x') + " 0:c=12345@1900000000000 9:d= ";

    for (const std::size_t piece : {1u, 2u, 13u, 4096u}) {
        const auto loaded = load(file, piece);
        CHECK(loaded.error.empty());
        CHECK(loaded.keys == keys);
        CHECK(loaded.origin.id == id);
        CHECK(loaded.origin.offset == 4711);
        CHECK(loaded.origin.database == 3);
        CHECK(loaded.origin.formers == formers);
        CHECK(loaded.origin.shard == shard);
        CHECK(loaded.origin.saved == 4000u);
    }
    CHECK(file.starts_with("REDIS0010"));
}

TEST_CASE("a damaged RDB file is refused", "[persistence]") {
    const auto file = written_file();

    for (std::size_t at = 0; at < file.size(); ++at) {
        auto damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        CHECK_FALSE(load(damaged).error.empty());
    }
}

TEST_CASE("an RDB file that was cut short is refused", "[persistence]") {
    const auto file = written_file();

    for (std::size_t size = 0; size < file.size(); ++size) {
        CHECK_FALSE(load(file.substr(0, size)).error.empty());
    }
    CHECK(load(file + "x").error.find("behind its end") != std::string::npos);
}

TEST_CASE("an RDB file without a checksum is read", "[persistence]") {
    CHECK(load(file_of(record("k", "v"))).keys == "0:k=v ");
    CHECK(load(file_of(record("k", "v"))).error.empty());
    CHECK(load("REDIS0003" + record("k", "v") + '\xff').keys == "0:k=v ");
}

TEST_CASE("hints about sizes, idle times and frequencies are read over", "[persistence]") {
    const std::string hints =
        "\xfb\x05\x01"
        "\xf4\x01\x02\x03"
        "\xf8\x07"
        "\xf9\x09";

    CHECK(load(file_of(hints + record("k", "v"))).keys == "0:k=v ");
}

TEST_CASE("what the store lacks is refused by name", "[persistence]") {
    const std::string list("\x01\x01k\x01\x01v", 6);
    CHECK(load(file_of(list)).error.find("list") != std::string::npos);
    CHECK(load(file_of("\xf5\x03"
                       "abc"))
              .error.find("function") != std::string::npos);
    CHECK(load(file_of("\xf7\x01")).error.find("module") != std::string::npos);
    CHECK(load(file_of("\xfe\x10")).error.find("databases") != std::string::npos);
    CHECK(load(file_of("", "0099")).error.find("version 99") != std::string::npos);
    CHECK(load("RIDES0010").error.find("begin") != std::string::npos);
}
