#include "node/store/dump.h"

#include <random>

#include "node/store/checksum.h"
#include "node/store/encoding.h"
#include "node/store/keyspace.h"
#include "node/store/lzf.h"

namespace grapevine::node::store {
namespace {

std::string with_footer(std::string body, std::uint16_t version = rdb_version) {
    append_little_endian(body, version);
    append_little_endian(body, crc64(0, body));
    return body;
}

std::string error_of(std::string_view payload) {
    const auto value = read_payload(payload);
    return value ? "loaded " + *value : value.error().text;
}

const std::vector<std::string> values{"",
                                      "a",
                                      "0",
                                      "-1",
                                      "127",
                                      "128",
                                      "-128",
                                      "-129",
                                      "32767",
                                      "32768",
                                      "-32769",
                                      "2147483647",
                                      "2147483648",
                                      "-2147483649",
                                      "007",
                                      std::string(63, 'x'),
                                      std::string(64, 'x'),
                                      std::string(16383, 'x'),
                                      std::string(16384, 'x'),
                                      std::string("\0\xff", 2)};

}  // namespace

TEST_CASE("the checksum is the one that Redis uses", "[store]") {
    CHECK(crc64(0, "123456789") == 0xe9c6d914c4b8d9ca);
    CHECK(crc64(crc64(0, "1234"), "56789") == 0xe9c6d914c4b8d9ca);
}

TEST_CASE("what was dumped is restored", "[store]") {
    Keyspace keyspace;
    for (const auto& value : values) {
        keyspace.set(make_key("from"), value);
        const auto payload = keyspace.dump(make_key("from"));
        REQUIRE(payload);

        REQUIRE(keyspace.restore(make_key("to"), *payload, 99));

        CHECK(**keyspace.string(make_key("to")) == value);
        CHECK(keyspace.expires_at(make_key("to")) == 99);
    }
    CHECK_FALSE(keyspace.dump(make_key("missing")));
}

TEST_CASE("payloads are the bytes that redis-server 7.0 makes", "[store]") {
    using namespace std::string_literals;
    CHECK(dump_payload("-129") == "\x00\xc1\x7f\xff\x0a\x00\x17\x60\x82\x28\x54\x80\x84\x80"s);
    CHECK(dump_payload("hello") == "\x00\x05hello\x0a\x00\x63\x72\xdf\x76\x65\x34\x20\x0a"s);
}

TEST_CASE("a payload of the future, a wrong checksum and rubbish are told apart", "[store]") {
    CHECK(error_of("") == "ERR DUMP payload version or checksum are wrong");
    CHECK(error_of(with_footer(std::string("\0\1a", 3), 12)) ==
          "ERR DUMP payload version or checksum are wrong");
    CHECK(error_of(with_footer(std::string("\0\1a", 3), 11)) == "loaded a");
    std::string changed = dump_payload("value");
    changed[3] ^= 1;
    CHECK(error_of(changed) == "ERR DUMP payload version or checksum are wrong");
    CHECK(error_of(with_footer("")) == "ERR Bad data format");
    CHECK(error_of(with_footer(std::string("\0\5ab", 4))) == "ERR Bad data format");
    CHECK(error_of(with_footer(std::string("\0\1ab", 4))) == "ERR Bad data format");
    CHECK(error_of(with_footer(std::string("\0\xc4", 2))) == "ERR Bad data format");
    CHECK(error_of(with_footer(std::string("\0\x82", 2))) == "ERR Bad data format");
}

TEST_CASE("a type that the store lacks is refused by name", "[store]") {
    CHECK(error_of(with_footer("\x0e")) ==
          "ERR cannot load a value of type list (RDB type 14): only strings are supported yet");
    std::string_view record("\x10\x01k", 3);
    CHECK(read_record(record).error().text ==
          "ERR cannot load a value of type hash (RDB type 16): only strings are supported yet");
}

TEST_CASE("compressed strings are read", "[store]") {
    // A literal run "ab", then 8 bytes from 2 back.
    CHECK(lzf_decompress(std::string_view("\x01"
                                          "ab\xc0\x01",
                                          5),
                         10) == "ababababab");
    // The long form: 7 + 2 + 3 bytes from 1 back.
    CHECK(lzf_decompress(std::string_view("\x00z\xe0\x03\x00", 5), 13) == std::string(13, 'z'));
    CHECK(error_of(with_footer(std::string("\0\xc3\x05\x0a\x01"
                                           "ab\xc0\x01",
                                           9))) == "loaded ababababab");
}

TEST_CASE("compressed bytes that lie are refused", "[store]") {
    CHECK_FALSE(lzf_decompress(std::string_view("\x01"
                                                "ab\xc0\x01",
                                                5),
                               9));
    CHECK_FALSE(lzf_decompress(std::string_view("\x01"
                                                "ab\xc0\x01",
                                                5),
                               11));
    CHECK_FALSE(lzf_decompress(std::string_view("\x01"
                                                "ab\xc0\x02",
                                                5),
                               10));  // Before the beginning.
    CHECK_FALSE(lzf_decompress(std::string_view("\x05"
                                                "ab",
                                                3),
                               6));
    CHECK_FALSE(lzf_decompress(std::string_view("\x00z\xe0", 3), 10));
    CHECK_FALSE(lzf_decompress("", std::size_t{1} << 40));
}

TEST_CASE("a record is read whole, or not at all until its last byte is there", "[store]") {
    Entry* entry = Entry::make("key", 5, 123456789);
    std::copy_n("value", 5, entry->value_data());
    std::string bytes;
    append_record(bytes, *entry);
    Entry::free(entry);

    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string_view part(bytes.data(), size);
        const auto record = read_record(part);
        REQUIRE(record);
        CHECK_FALSE(record->has_value());
        CHECK(part.size() == size);
    }
    std::string_view all = bytes;
    const auto record = read_record(all);
    REQUIRE(record);
    REQUIRE(record->has_value());
    CHECK((*record)->key == "key");
    CHECK((*record)->value == "value");
    CHECK((*record)->expires_at == 123456789);
    CHECK(all.empty());
}

TEST_CASE("expiry in seconds, idle times and frequencies before a record are understood",
          "[store]") {
    std::string_view bytes("\xfd\x01\0\0\0\xf8\x07\xf9\x05\0\1k\1v", 14);

    const auto record = read_record(bytes);

    REQUIRE(record);
    REQUIRE(record->has_value());
    CHECK((*record)->expires_at == 1000);
    CHECK((*record)->value == "v");
}

TEST_CASE("an opcode is no record", "[store]") {
    std::string_view bytes("\xfa\1a\1b", 5);
    CHECK(read_record(bytes).error().text ==
          "ERR Bad data format: opcode 250 where a key should begin");
}

TEST_CASE("no bytes whatever upset the readers", "[store]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 50'000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random() % 3 == 0 ? 0xc0 + random() % 4 : random());
        const auto payload = read_payload(with_footer(std::string(1, '\0') + bytes));
        if (!payload) REQUIRE(payload.error().text == "ERR Bad data format");
        std::string_view rest = bytes;
        const auto record = read_record(rest);
        REQUIRE(rest.size() <= bytes.size());
    }
}

}  // namespace grapevine::node::store
