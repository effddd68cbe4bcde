#include <charconv>
#include <grapevine/value.h>

namespace grapevine::client {

Value::Value(const Reply& reply) : kind(reply.kind()), text(reply.text()) {
    if (kind == Kind::integer || kind == Kind::boolean) {
        integer = reply.integer();
        text.clear();
    }
    if (kind == Kind::real) {
        std::from_chars(text.data(), text.data() + text.size(), real);
        text.clear();
    }
    elements.reserve(reply.size());
    for (const Reply element : reply.elements()) elements.emplace_back(element);
}

const Value* Value::find(std::string_view key) const {
    for (std::size_t at = 0; at + 1 < elements.size(); at += 2) {
        if (elements[at].text == key) return &elements[at + 1];
    }
    return nullptr;
}

}  // namespace grapevine::client
