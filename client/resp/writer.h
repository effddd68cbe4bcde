// Writes RESP2 or RESP3, straight into the buffer that will be sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/resp/result.h"

namespace grapevine::client::resp {

enum class Version : std::uint8_t { resp2 = 2, resp3 = 3 };

// Appends to `out`, which must outlive it. A reply is one call, or a header followed by so many
// replies.
class Writer {
public:
    explicit Writer(std::string& out, Version version = Version::resp2)
        : out_(&out), version_(version) {}

    Version version() const { return version_; }
    void set_version(Version version) { version_ = version; }  // HELLO: from the next reply on.

    void simple(std::string_view text);  // +text
    void ok() { raw("+OK\r\n"); }
    void error(const Error& error);     // -text; line breaks in it become blanks
    void integer(std::int64_t number);  // :number
    void bulk(std::string_view bytes);  // $n
    void null();                        // RESP3 _, RESP2 $-1
    void null_array();                  // RESP3 _, RESP2 *-1
    void array(std::size_t elements);   // *n
    void map(std::size_t pairs);        // RESP3 %n, RESP2 *2n
    void set(std::size_t elements);     // RESP3 ~n, RESP2 *n
    void push(std::size_t elements);    // RESP3 >n, RESP2 *n
    void boolean(bool value);           // RESP3 #t, RESP2 :1
    void real(double number);           // RESP3 ,x; RESP2 a bulk string
    // RESP3 =n with a three-letter format ("txt"), RESP2 a bulk string.
    void verbatim(std::string_view text, std::string_view format = "txt");
    // What was written since mark() is taken back.
    std::size_t mark() const { return out_->size(); }
    void rewind(std::size_t mark) { out_->resize(mark); }
    void raw(std::string_view bytes) { out_->append(bytes); }  // Already encoded.

private:
    void header(char type, std::uint64_t number);

    std::string* out_;
    Version version_;
};

}  // namespace grapevine::client::resp
