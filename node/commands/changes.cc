#include "node/commands/changes.h"

namespace grapevine::node::commands {

using store::Expiry;
using store::Key;
using store::Millis;

Result<std::string_view> string_or_empty(Call& call, const Key& key) {
    const auto value = call.store.string(key);
    if (!value) return value.error();
    return value->value_or(std::string_view{});
}

void set_string(Call& call, const Key& key, std::string_view value, const Expiry& expiry) {
    if (expiry.kind == Expiry::Kind::at && expiry.at <= call.now()) {
        erase_key(call, key);
        return;
    }
    call.store.set(key, value, expiry);
    if (!call.effects.listening()) return;
    switch (expiry.kind) {
        case Expiry::Kind::none:
            return call.effects.record(call.database, {"SET", key.text, value});
        case Expiry::Kind::keep:
            return call.effects.record(call.database, {"SET", key.text, value, "KEEPTTL"});
        case Expiry::Kind::at:
            const Decimal at(expiry.at);
            return call.effects.record(call.database, {"SET", key.text, value, "PXAT", at.text()});
    }
}

bool erase_key(Call& call, const Key& key) {
    if (!call.store.erase(key)) return false;
    call.effects.record(call.database, {"DEL", key.text});
    return true;
}

bool expire_key(Call& call, const Key& key, Millis at) {
    if (at <= call.now()) return erase_key(call, key);
    if (!call.store.expire(key, at)) return false;
    if (call.effects.listening()) {
        call.effects.record(call.database, {"PEXPIREAT", key.text, Decimal(at).text()});
    }
    return true;
}

}  // namespace grapevine::node::commands
