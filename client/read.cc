#include <charconv>
#include <grapevine/read.h>

namespace grapevine::client {
namespace {

template <typename Number>
bool read_number(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

// An error among elements is no value.
bool is_text(const Reply& reply) {
    return !reply.is_aggregate() && !reply.is_null() && !reply.is_error();
}

std::string_view name_of(Reply::Kind kind) {
    switch (kind) {
        case Reply::Kind::null:
            return "nil";
        case Reply::Kind::simple:
        case Reply::Kind::bulk:
        case Reply::Kind::verbatim:
            return "a text";
        case Reply::Kind::integer:
        case Reply::Kind::big_number:
            return "an integer";
        case Reply::Kind::real:
            return "a real number";
        case Reply::Kind::boolean:
            return "a boolean";
        case Reply::Kind::error:
            return "an error";
        default:
            return "an array, a map or a set";
    }
}

}  // namespace

bool read(const Reply& reply, std::string& into) {
    if (!is_text(reply)) return false;
    into = std::string(reply.text());  // Cheaper than to fill one that is there.
    return true;
}

bool read(const Reply& reply, std::string_view& into) {
    if (!is_text(reply)) return false;
    into = reply.text();
    return true;
}

bool read(const Reply& reply, std::int64_t& into) {
    if (reply.kind() == Reply::Kind::integer || reply.kind() == Reply::Kind::boolean) {
        into = reply.integer();
        return true;
    }
    return read_number(reply.text(), into);
}

bool read(const Reply& reply, double& into) {
    return read_number(reply.text(), into);
}

bool read(const Reply& reply, bool& into) {
    switch (reply.kind()) {
        case Reply::Kind::integer:
        case Reply::Kind::boolean:
            into = reply.integer() != 0;
            return true;
        case Reply::Kind::null:
            into = false;
            return true;
        case Reply::Kind::simple:
            into = true;
            return reply.text() == "OK";
        default:
            return false;
    }
}

bool read(const Reply& reply, Value& into) {
    into = Value(reply);
    return true;
}

Error wrong_shape(const Reply& reply) {
    return {.text = "TYPE the reply is " + std::string(name_of(reply.kind())) +
                    ", which is not what the call asked for: ask for another type, or for Value",
            .effect = Effect::ran};
}

}  // namespace grapevine::client
