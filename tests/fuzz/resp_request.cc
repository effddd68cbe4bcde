// What clients send, before they have said who they are.
//
// - However the bytes are cut, the same requests come out, and the same error ends them.
// - A request keeps the limits: so many arguments, of so many bytes.
// - Nothing is missed by waiting until there is as much as the reader says it needs.
// - Arguments that were read can be written as a request that reads the same.
#include <string>
#include <vector>

#include "client/resp/request.h"
#include "client/resp/writer.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"

using namespace grapevine;
using namespace grapevine::client::resp;

namespace {

constexpr std::size_t arguments_of_strangers = 10;
constexpr std::size_t bytes_of_strangers = 16384;

using Request = std::vector<std::string>;

struct Conversation {
    std::vector<Request> requests;
    std::string error;      // That ended it; empty: none.
    std::size_t taken = 0;  // Bytes.
    bool operator==(const Conversation&) const = default;
};

Request copy_of(const RequestReader& reader) {
    return {reader.args().begin(), reader.args().end()};
}

void check_limits(const Request& request, const RequestLimits& limits, bool typed) {
    if (typed) return;  // A line is limited as a whole.
    const std::size_t most = limits.authenticated
                                 ? limits.arguments
                                 : std::min(limits.arguments, arguments_of_strangers);
    const std::size_t longest =
        limits.authenticated ? limits.bulk_bytes : std::min(limits.bulk_bytes, bytes_of_strangers);
    GRAPEVINE_CHECK(request.size() <= most, "a request keeps the number of arguments");
    for (const std::string& argument : request) {
        GRAPEVINE_CHECK(argument.size() <= longest, "an argument keeps its length");
    }
}

// Reads what has arrived; false when that is over for good.
bool read_all(RequestReader& reader, fuzz::Arrived& arrived, Conversation& heard) {
    while (arrived.view().size() >= reader.needed()) {
        const std::string_view input = arrived.view();
        const auto size = reader.read(input);
        if (!size) {
            heard.error = size.error().text;
            return false;
        }
        GRAPEVINE_CHECK(*size <= input.size(), "nothing is taken that is not there");
        if (*size == 0) return true;
        heard.requests.push_back(copy_of(reader));
        check_limits(heard.requests.back(), reader.limits(), input.front() != '*');
        heard.taken += *size;
        arrived.drop(*size);
    }
    return true;
}

Conversation read_in_pieces(const RequestLimits& limits,
                            const std::vector<std::string_view>& pieces) {
    RequestReader reader(limits);
    fuzz::Arrived arrived;
    Conversation heard;
    for (const std::string_view piece : pieces) {
        arrived.append(piece);
        if (!read_all(reader, arrived, heard)) break;
    }
    return heard;
}

void check_said_again(const Conversation& heard) {
    std::string text;
    Writer writer(text);
    for (const Request& request : heard.requests) {
        writer.array(request.size());
        for (const std::string& argument : request) writer.bulk(argument);
    }
    const Conversation again = read_in_pieces(RequestLimits{}, {text});
    GRAPEVINE_CHECK(again.requests == heard.requests && again.taken == text.size(),
                    "a request that was read can be said again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    RequestLimits limits;
    limits.authenticated = input.coin();
    limits.arguments = 10 + input.below(8);
    limits.bulk_bytes = 100 + input.below(8);
    const std::string cuts = input.text(input.below(4));
    const std::string text = input.rest();

    const Conversation whole = read_in_pieces(limits, {text});
    GRAPEVINE_CHECK(read_in_pieces(limits, fuzz::pieces(text, cuts)) == whole,
                    "cuts change nothing");
    const auto start = std::string_view(text).substr(0, 256);  // The time grows with its square.
    GRAPEVINE_CHECK(
        read_in_pieces(limits, fuzz::pieces(start, "")) == read_in_pieces(limits, {start}),
        "bytes one by one are the same requests");
    check_said_again(whole);
    return 0;
}
