// What several commands do alike: each change comes with its effect for the journal.
#pragma once

#include <array>
#include <charconv>
#include <string_view>

#include "node/commands/call.h"

namespace grapevine::node::commands {

// A number as text, where an effect or a value needs one.
class Decimal {
public:
    explicit Decimal(std::int64_t number)
        : end_(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr) {}
    std::string_view text() const {
        return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
    }

private:
    std::array<char, 20> text_;
    const char* end_;
};

// The string at `key`, empty when that is missing. Valid until the store is used again.
Result<std::string_view> string_or_empty(Call& call, const store::Key& key);

// Stores a string; deletes the key instead when `expiry` has passed already.
void set_string(Call& call, const store::Key& key, std::string_view value,
                const store::Expiry& expiry = {});

// True when the key was there.
bool erase_key(Call& call, const store::Key& key);

// Lets the key expire at `at`; deletes it when that has passed already. False when it is missing.
bool expire_key(Call& call, const store::Key& key, store::Millis at);

}  // namespace grapevine::node::commands
