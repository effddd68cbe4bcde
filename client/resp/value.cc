#include "client/resp/value.h"

namespace grapevine::client::resp {

const Value* Value::find(std::string_view key) const {
    for (std::size_t at = 0; at + 1 < elements.size(); at += 2) {
        if (elements[at].text == key) return &elements[at + 1];
    }
    return nullptr;
}

}  // namespace grapevine::client::resp
