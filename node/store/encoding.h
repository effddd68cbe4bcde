// Lengths and strings as RDB files and DUMP payloads write them (RDB version 10, as Redis 7.0
// does).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grapevine::node::store {

void append_length(std::string& out, std::uint64_t length);
// As a number of 1, 2 or 4 bytes where the text is one, else as it is. Never compressed.
void append_string(std::string& out, std::string_view text);
template <typename Integer>
void append_little_endian(std::string& out, Integer number) {
    for (std::size_t byte = 0; byte < sizeof number; ++byte) {
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * byte)));
    }
}

// Reads from bytes that anybody may have sent. What fails, fails for good: later reads give zeros
// and nothing, so that it is enough to look at the end.
class Decoder {
public:
    explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

    std::uint8_t byte();
    std::uint64_t little_endian(std::size_t bytes);  // At most 8.
    std::uint64_t length();
    std::string string();  // Plain, number or compressed.

    bool fine() const { return state_ == State::fine; }
    // More bytes could make it whole. Otherwise, when it is not fine, the bytes are wrong.
    bool incomplete() const { return state_ == State::incomplete; }
    std::size_t consumed() const { return at_; }

private:
    enum class State { fine, incomplete, wrong };

    std::string_view take(std::uint64_t size);
    // A length, or (`special`) how a string is encoded that is not plain.
    std::uint64_t length_or_encoding(bool& special);
    std::uint64_t big_endian(std::size_t bytes);
    std::string number_text(std::size_t bytes);
    std::string decompressed();

    std::string_view bytes_;
    std::size_t at_ = 0;
    State state_ = State::fine;
};

}  // namespace grapevine::node::store
