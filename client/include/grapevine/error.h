// Why a call gave no value, and whether its command may have run.
#pragma once

#include <cstdint>
#include <grapevine/lean.h>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::client {

// What became of a command that gave no value.
enum class Effect : std::uint8_t {
    not_sent,  // No byte of it left this process.
    refused,   // A server answered that it did not run it, or nobody took the connection.
    unknown,   // It was sent and not answered: it may have run.
    ran,       // The server that owns the key looked at it and answered with this error.
};

std::string_view to_string(Effect effect);

struct Error {
    // The first word is the code: a server's ("WRONGTYPE", "NOAUTH") or one of ours: TIMEOUT, LOST,
    // UNREACHABLE, BUSY, CROSSSLOT, PROTOCOL, TYPE, CLOSED, TLS, USAGE.
    std::string text;
    Effect effect = Effect::not_sent;
    std::optional<std::uint16_t> slot{};  // Nothing for a command without keys.
    std::string node{};                   // "host:port" that was asked last; empty when none was.
    unsigned attempts = 0;                // How often it was sent.
    std::chrono::microseconds elapsed{};

    std::string_view code() const { return std::string_view(text).substr(0, text.find(' ')); }
};

// "TIMEOUT no answer within 2000 ms (node 10.0.0.7:6379, slot 3999, attempts 1, effect unknown)"
std::string to_string(const Error& error);

}  // namespace grapevine::client
