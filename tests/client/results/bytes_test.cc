#include <catch2/catch.hpp>
#include <grapevine/bytes.h>
#include <grapevine/pool.h>
#include <grapevine/request.h>
#include <thread>

#include "slots/slot.h"

using namespace grapevine::client;

namespace {

std::string text_of(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
    return text;
}

Bytes bytes_of(std::size_t size) {
    Bytes bytes;
    bytes.append(text_of(size));
    return bytes;
}

constexpr std::size_t sizes[] = {0, 1, Bytes::inside - 1, Bytes::inside, Bytes::inside + 1, 5000};

}  // namespace

TEST_CASE("bytes keep what they hold wherever they are moved") {
    for (const std::size_t from : sizes) {
        for (const std::size_t to : sizes) {
            Bytes source = bytes_of(from), target = bytes_of(to);
            target = std::move(source);
            CHECK(target.view() == text_of(from));
            CHECK(source.size() == 0);  // NOLINT: what was moved from is empty and of use.
            source.append("again");
            CHECK(source.view() == "again");
            target.append("!");
            CHECK(target.view() == text_of(from) + "!");
        }
    }
}

TEST_CASE("bytes grow a byte at a time and shrink") {
    Bytes bytes;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        *bytes.extend(1) = static_cast<char>(i);
        text.push_back(static_cast<char>(i));
    }
    CHECK(bytes.view() == text);
    bytes.shrink(3);
    CHECK(bytes.view() == text.substr(0, 3));
    Bytes& same = bytes;
    bytes = std::move(same);
    CHECK(bytes.size() == 3);
}

TEST_CASE("a request is written with any argument") {
    Request request("SET", 3);
    request.key(std::string_view("k\0\r\n", 4));
    request.add("");
    request.add(std::numeric_limits<std::int64_t>::min());

    CHECK(request.bytes() == std::string_view("*4\r\n$3\r\nSET\r\n$4\r\nk\0\r\n\r\n$0\r\n\r\n"
                                              "$20\r\n-9223372036854775808\r\n",
                                              56));
    CHECK(request.commands() == 1);
    CHECK(request.facts().slot == grapevine::slots::slot_of(std::string_view("k\0\r\n", 4)).number);
}

TEST_CASE("a request of two words is two arguments, and long ones leave the object") {
    Request request("CLUSTER SLOTS", 0, Trait::reads);
    CHECK(request.bytes() == "*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n");
    CHECK(request.facts().slot == any_slot);

    Request large("ECHO", 1);
    large.add(text_of(100'000));
    const Request moved = std::move(large);
    CHECK(moved.bytes() == "*2\r\n$4\r\nECHO\r\n$100000\r\n" + text_of(100'000) + "\r\n");
}

TEST_CASE("a request knows when its keys live apart") {
    Request together("MGET", 2), apart("MGET", 2);
    together.key("{a}1"), together.key("{a}2");
    apart.key("a"), apart.key("b");

    CHECK_FALSE(together.facts().crosses_slots);
    CHECK(apart.facts().crosses_slots);
}

TEST_CASE("blocks of every size hold all of their bytes, on any thread") {
    std::vector<std::pair<char*, std::size_t>> blocks;
    for (const std::size_t size : {1u, 127u, 128u, 129u, 256u, 257u, 4095u, 4096u, 4097u, 70'000u})
        for (int i = 0; i < 300; ++i) {
            auto* block = static_cast<char*>(take_block(size));
            CHECK(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t) == 0);
            std::memset(block, static_cast<int>(blocks.size() % 251), size);
            blocks.emplace_back(block, size);
        }
    std::size_t whole = 0;
    std::thread other([&] {
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const auto [block, size] = blocks[i];
            const std::string_view bytes(block, size);
            whole += bytes.find_first_not_of(static_cast<char>(i % 251)) == bytes.npos ? 1 : 0;
            give_block(block, size);
        }
    });
    other.join();
    CHECK(whole == blocks.size());
}
