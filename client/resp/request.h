// Finds requests in what a client sent: arrays of bulk strings, or lines typed by a person.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/resp/result.h"

namespace grapevine::client::resp {

// What one request may ask for; more is an error. How many unread bytes a client may pile up is for
// the owner of the buffer.
struct RequestLimits {
    std::size_t bulk_bytes = 512u << 20;  // proto-max-bulk-len; 100 or more.
    std::size_t arguments = 1u << 20;     // 10 or more.
    bool authenticated = true;            // Until then: 10 arguments of 16384 bytes (Redis 7.0).
};

// Reads one request at a time from the front of a buffer, without copying. A request that is not
// complete yet is taken up where it was left: no argument is read twice.
class RequestReader {
public:
    RequestReader() = default;
    explicit RequestReader(const RequestLimits& limits) : limits_(limits) {}

    // Takes effect with the next header that is read.
    void set_limits(const RequestLimits& limits) { limits_ = limits; }
    const RequestLimits& limits() const { return limits_; }

    // `input` begins where the last complete request ended. Answers how many bytes the request
    // took, and args() holds it; or 0 when more bytes are needed: call again with the same bytes
    // (they may have moved) and more after them. An error ("ERR Protocol error: ...") is final:
    // what follows cannot be understood any more, the connection has to be closed.
    Result<std::size_t> read(std::string_view input);

    // The request that was read last; nothing in it when the client sent an empty line or an array
    // without elements. Views into `input`, or into the reader for what was typed as a line: valid
    // until the next read() and while `input` stays where it is.
    std::span<const std::string_view> args() const { return args_; }

    // How long `input` must be at least before another read() can be of use.
    std::size_t needed() const { return position_ + (in_bulk_ ? bulk_size_ + 2 : 1); }

private:
    enum class Step { done, more };

    Result<std::size_t> read_array(std::string_view input);
    Result<std::size_t> read_line(std::string_view input);
    // True when the header is a short one, which needs no checks.
    bool take_short_array_header(std::string_view input);
    // Takes short arguments that have arrived as a whole, up to the first that is different.
    void take_short_bulks(std::string_view input);
    Result<Step> read_array_header(std::string_view input);
    Result<Step> read_bulk_header(std::string_view input);
    Result<void> split_line(std::string_view line);
    void start();
    void follow(std::string_view input);

    RequestLimits limits_;
    std::vector<std::string_view> args_;
    std::string unquoted_;         // Holds the arguments of a typed line.
    const char* begin_ = nullptr;  // Where the request lay when it was last looked at.
    std::size_t position_ = 0;     // Bytes of the request that were understood.
    std::size_t remaining_ = 0;    // Arguments still to come.
    std::size_t bulk_size_ = 0;    // Of the argument that comes next, once its header was read.
    bool in_array_ = false;
    bool in_bulk_ = false;
};

}  // namespace grapevine::client::resp
