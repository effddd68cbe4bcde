// What servers answer, read at the client's end: by the library, the tool, and from a primary.
//
// - What is found to be a reply can be looked at where it lies, without a look beyond its end; its
//   elements together are as long as it says.
// - However the bytes are cut, the same replies come out, and the same error ends them.
// - A reply keeps the limits of length, depth and elements; it needs no more memory than it sent.
#include <bit>
#include <string>
#include <vector>

#include "client/resp/reply.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"

using namespace grapevine;
using namespace grapevine::client::resp;
using client::Reply;

namespace {

// A text that two values share only when they are the same, nan among them.
void print(const Value& value, std::string& out) {
    out += std::to_string(static_cast<int>(value.kind)) + ' ' + std::to_string(value.integer) +
           ' ' + std::to_string(std::bit_cast<std::uint64_t>(value.real)) + ' ' +
           std::to_string(value.text.size()) + ' ' + value.text + ' ' +
           std::to_string(value.elements.size()) + '(';
    for (const Value& element : value.elements) print(element, out);
    out += ')';
}

struct Conversation {
    std::vector<std::string> replies;
    std::string error;      // That ended it; empty: none.
    std::size_t taken = 0;  // Bytes.
    bool operator==(const Conversation&) const = default;
};

std::size_t depth_of(const Value& value) {
    std::size_t deepest = 0;
    for (const Value& element : value.elements) deepest = std::max(deepest, depth_of(element));
    return value.elements.empty() ? 0 : deepest + 1;
}

// Every value and every byte of it came over the line.
std::size_t weight_of(const Value& value) {
    std::size_t weight = 1 + value.text.size();
    for (const Value& element : value.elements) weight += weight_of(element);
    return weight;
}

std::size_t count_elements(const Value& value) {
    std::size_t count = value.elements.size();
    for (const Value& element : value.elements) count += count_elements(element);
    return count;
}

void check_limits(const Value& value, const ReplyLimits& limits, std::size_t size) {
    GRAPEVINE_CHECK(depth_of(value) <= limits.depth, "a reply keeps its depth");
    GRAPEVINE_CHECK(count_elements(value) <= limits.elements, "a reply keeps its elements");
    GRAPEVINE_CHECK(weight_of(value) <= size, "a reply is no larger than what was sent");
}

// Less than what is needed is never a reply.
bool check_needed(const ReplyLimits& limits, std::string_view incomplete) {
    ReplyScanner scanner(limits);
    const auto size = scanner.scan(incomplete);
    GRAPEVINE_CHECK(size && *size == 0, "what is not complete is so for everybody");
    GRAPEVINE_CHECK(scanner.needed() > incomplete.size(), "more is needed than is there");
    return true;
}

// The end of a reply, by walking through it in memory that ends with it.
void walk(const Reply& reply, std::size_t depth) {
    GRAPEVINE_CHECK(depth <= 64, "a reply is no deeper than its limit");
    std::size_t count = 0;
    for (const Reply element : reply.elements()) {
        walk(element, depth + 1);
        ++count;
    }
    GRAPEVINE_CHECK(count == reply.size(), "a reply has as many elements as it says");
}

void check_view(std::string_view encoded, const Value& value) {
    const std::vector<char> alone(encoded.begin(), encoded.end());
    const std::string_view bytes(alone.data(), alone.size());
    GRAPEVINE_CHECK(Reply::extent(bytes) == bytes.size(), "a reply is as long as was found");
    const Reply reply(bytes);
    walk(reply, 0);
    std::string seen;
    std::string read;
    print(Value(reply), seen);
    print(value, read);
    GRAPEVINE_CHECK(seen == read, "a reply looks the same alone");
}

// Reads what has arrived; false when that is over for good.
bool read_all(ReplyReader& reader, const ReplyLimits& limits, fuzz::Arrived& arrived,
              Conversation& heard) {
    while (true) {
        const auto size = reader.read(arrived.view());
        if (!size) {
            heard.error = size.error().text;
            return false;
        }
        GRAPEVINE_CHECK(*size <= arrived.view().size(), "nothing is taken that is not there");
        if (*size == 0) return check_needed(limits, arrived.view());
        check_limits(reader.value(), limits, *size);
        check_view(arrived.view().substr(0, *size), reader.value());
        print(reader.value(), heard.replies.emplace_back());
        heard.taken += *size;
        arrived.drop(*size);
    }
}

Conversation read_in_pieces(const ReplyLimits& limits,
                            const std::vector<std::string_view>& pieces) {
    ReplyReader reader(limits);
    fuzz::Arrived arrived;
    Conversation heard;
    for (const std::string_view piece : pieces) {
        arrived.append(piece);
        if (!read_all(reader, limits, arrived, heard)) break;
    }
    return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    ReplyLimits limits;
    limits.bulk_bytes = 16 + input.below(64);
    limits.elements = 4 + input.below(64);
    limits.depth = 1 + input.below(8);
    const std::string cuts = input.text(input.below(4));
    const std::string text = input.rest();

    const Conversation whole = read_in_pieces(limits, {text});
    GRAPEVINE_CHECK(read_in_pieces(limits, fuzz::pieces(text, cuts)) == whole,
                    "cuts change nothing");
    const auto start = std::string_view(text).substr(0, 256);  // The time grows with its square.
    GRAPEVINE_CHECK(
        read_in_pieces(limits, fuzz::pieces(start, "")) == read_in_pieces(limits, {start}),
        "bytes one by one are the same replies");
    return 0;
}
