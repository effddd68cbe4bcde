// One command as it goes over the wire, with what a router has to know about it.
#pragma once

#include <concepts>
#include <cstdint>
#include <grapevine/bytes.h>
#include <string>
#include <string_view>

namespace grapevine::client {

inline constexpr std::uint16_t any_slot = 0xffff;  // Of a command without keys.

// What a command is like, whatever its arguments.
enum class Trait : std::uint8_t {
    none = 0,
    reads = 1,       // It changes nothing: replicas may answer it.
    repeatable = 2,  // Doing it twice is as good as once, so it may be sent again when its fate is
                     // not known.
    blocks = 4,      // The server may keep it waiting: it needs a connection of its own.
};
constexpr Trait operator|(Trait a, Trait b) {
    return static_cast<Trait>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr bool has(Trait set, Trait one) {
    return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(one)) != 0;
}

// Where reads may go.
enum class ReadFrom : std::uint8_t {
    primary,  // To the primary of the slot: what was written before is seen.
    any,      // To the primary or one of its replicas, in turn: may be behind.
    nearest,  // To the one that answers fastest, by measurement: may be behind.
    bounded,  // To the primary or a replica that was at most Options::most_lag behind when it was
              // last looked at, some 100 ms ago.
    unsaid,   // As Options::reads says.
};

class Conversation;

struct Facts {
    std::uint16_t slot = any_slot;
    Trait traits = Trait::none;
    ReadFrom from = ReadFrom::unsaid;
    bool crosses_slots = false;  // Its keys live in different slots: no server would take it.
    bool unknown = false;        // Nobody knows where its keys are.
    bool asks_node = false;      // About the node: who answers it need not serve the slot.
    bool transaction = false;    // MULTI to EXEC: an error means that none of it was done.
    bool fresh = false;          // A server is to answer it, whatever the cache knows.

    Conversation* talk = nullptr;  // It goes over this connection and no other.
    bool ends_talk = false;        // When it is answered, that connection is as new.

    bool reads() const { return has(traits, Trait::reads); }
    bool needs_own_connection() const { return talk != nullptr || has(traits, Trait::blocks); }
    // Not until somebody has said so.
    bool replicas_may_answer() const {
        return reads() && from != ReadFrom::primary && from != ReadFrom::unsaid;
    }
    bool repeatable() const { return has(traits, Trait::repeatable) || reads(); }
};

// An argument: text, bytes or a number.
class Argument {
public:
    Argument(std::string_view text) : text_(text) {}
    Argument(const std::string& text) : text_(text) {}
    Argument(const char* text) : text_(text) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
    Argument(Number number) : Argument(static_cast<long long>(number), Integer{}) {}
    Argument(double number);
    Argument(const Argument&) = delete;  // The text of a number lies in here.

    std::string_view text() const { return text_; }

private:
    struct Integer {};
    Argument(long long number, Integer);

    std::string_view text_;
    char digits_[32];
};

// Several commands may share one request: "MULTI", what is to be done, "EXEC". They are sent
// together and never apart.
class Request {
public:
    // `name` may be two words ("CLUSTER SLOTS"); `arguments` are to follow by add() and key().
    Request(std::string_view name, unsigned arguments, Trait traits = Trait::none);
    // Nothing yet; to be moved into, or for begin().
    Request() = default;

    // Starts one more command.
    void begin(std::string_view name, unsigned arguments);
    void add(const Argument& argument) { bulk(argument.text()); }
    void key(std::string_view name);          // An argument that decides where the command belongs.
    void belongs_with(std::string_view key);  // The same, without sending it.
    // The commands of `other` follow the last of this one: both have to be for the same slot.
    void append(const Request& other);

    // When a server answers NOSCRIPT, the first two words are to be these instead ("EVAL" and the
    // script), once. They must live as long as this.
    void otherwise(std::string_view name, std::string_view second);
    // True when `error` calls for them: from now on they are there.
    bool use_otherwise(std::string_view error) {
        return !second_.empty() && error.starts_with("NOSCRIPT") && replace_head();
    }

    std::string_view bytes() const { return bytes_.view(); }
    unsigned commands() const { return commands_; }  // So many replies will come.
    Facts& facts() { return facts_; }
    const Facts& facts() const { return facts_; }

private:
    bool replace_head();
    void bulk(std::string_view bytes);
    void header(char type, std::size_t number);

    Bytes bytes_;
    Facts facts_;
    std::uint32_t commands_ = 0;
    std::string_view name_, second_;  // Otherwise.
};

}  // namespace grapevine::client
