// Strings as rows of bits: SETBIT, GETBIT, BITCOUNT, BITPOS, BITOP.
#include <algorithm>
#include <string>
#include <vector>

#include "node/commands/arguments.h"
#include "node/commands/bits.h"
#include "node/commands/call.h"
#include "node/commands/changes.h"
#include "node/commands/families.h"
#include "node/commands/interval.h"

namespace grapevine::node::commands {
namespace {

using store::Key;

Result<std::uint64_t> parse_offset(std::string_view text) {
    const auto offset = to_integer(text);
    if (!offset || *offset < 0 || static_cast<std::uint64_t>(*offset) >= longest_string * 8) {
        return Error{"ERR bit offset is not an integer or out of range"};
    }
    return static_cast<std::uint64_t>(*offset);
}

Result<void> run_setbit(Call& call) {
    const auto offset = parse_offset(call.args[2]);
    if (!offset) return offset.error();
    if (call.args[3] != "0" && call.args[3] != "1") {
        return Error{"ERR bit is not an integer or out of range"};
    }
    const Key key = call.key(1);
    const auto value = string_or_empty(call, key);
    if (!value) return value.error();
    const bool before = bit_at(*value, *offset);
    const auto bytes =
        call.store.resize(key, std::max<std::size_t>(value->size(), *offset / 8 + 1));
    if (!bytes) return bytes.error();
    set_bit(*bytes, *offset, call.args[3] == "1");
    call.record_as_asked();
    call.reply.integer(before);
    return {};
}

Result<void> run_getbit(Call& call) {
    const auto offset = parse_offset(call.args[2]);
    if (!offset) return offset.error();
    const auto value = string_or_empty(call, call.key(1));
    if (!value) return value.error();
    call.reply.integer(bit_at(*value, *offset));
    return {};
}

// --- BITCOUNT and BITPOS look at a part: [first [last [BYTE|BIT]]].

struct Part {
    Indices indices;
    bool in_bits = false;
    bool has_end = false;  // The last index was given.

    BitRange in(std::string_view value) const {
        const std::size_t unit = in_bits ? 1 : 8;
        const Interval interval = clamp(indices, value.size() * 8 / unit);
        return {interval.begin * unit, (interval.begin + interval.size) * unit};
    }
};

Result<Part> parse_part(std::span<const std::string_view> args) {
    Part part;
    if (args.size() > 3) return syntax_error();
    if (!args.empty()) {
        const auto first = parse_integer(args[0]);
        if (!first) return first.error();
        part.indices.first = *first;
    }
    if (args.size() >= 2) {
        const auto last = parse_integer(args[1]);
        if (!last) return last.error();
        part.indices.last = *last;
        part.has_end = true;
    }
    if (args.size() == 3) {
        part.in_bits = is_word(args[2], "BIT");
        if (!part.in_bits && !is_word(args[2], "BYTE")) return syntax_error();
    }
    return part;
}

Result<void> run_bitcount(Call& call) {
    const auto value = call.store.string(call.key(1));
    if (!value) return value.error();
    if (!*value) {
        call.reply.integer(0);
        return {};
    }
    const auto asked = call.args.subspan(2);
    if (asked.size() == 1) return syntax_error();
    const auto part = parse_part(asked);
    if (!part) return part.error();
    const auto count = backwards(part->indices) ? 0 : count_bits(**value, part->in(**value));
    call.reply.integer(static_cast<std::int64_t>(count));
    return {};
}

// Where `wanted` is first. Zeros go on behind a string's end, unless the part's end was given.
std::int64_t position_of(bool wanted, std::string_view value, const Part& part) {
    const BitRange range = part.in(value);
    if (range.begin == range.end) return -1;
    if (const auto found = find_bit(value, range, wanted)) return static_cast<std::int64_t>(*found);
    return wanted || part.has_end ? -1 : static_cast<std::int64_t>(value.size() * 8);
}

Result<void> run_bitpos(Call& call) {
    const auto bit = parse_integer(call.args[2]);
    if (!bit) return bit.error();
    if (*bit != 0 && *bit != 1) return Error{"ERR The bit argument must be 1 or 0."};
    const auto value = call.store.string(call.key(1));
    if (!value) return value.error();
    if (!*value) {
        call.reply.integer(*bit == 1 ? -1 : 0);
        return {};
    }
    const auto part = parse_part(call.args.subspan(3));
    if (!part) return part.error();
    call.reply.integer(position_of(*bit == 1, **value, *part));
    return {};
}

// --- BITOP

enum class Operation { conjunction, disjunction, exclusion, negation };

std::optional<Operation> to_operation(std::string_view text) {
    if (is_word(text, "AND")) return Operation::conjunction;
    if (is_word(text, "OR")) return Operation::disjunction;
    if (is_word(text, "XOR")) return Operation::exclusion;
    if (is_word(text, "NOT")) return Operation::negation;
    return {};
}

// Makes `result` as long as the longer of the two; what a string lacks counts as zeros.
void combine(Operation operation, std::string& result, std::string_view operand) {
    result.resize(std::max(result.size(), operand.size()));
    const std::size_t shared = operand.size();
    switch (operation) {
        case Operation::conjunction:
            for (std::size_t at = 0; at < shared; ++at) result[at] &= operand[at];
            std::fill(result.begin() + static_cast<std::ptrdiff_t>(shared), result.end(), '\0');
            break;
        case Operation::disjunction:
            for (std::size_t at = 0; at < shared; ++at) result[at] |= operand[at];
            break;
        case Operation::exclusion:
            for (std::size_t at = 0; at < shared; ++at) result[at] ^= operand[at];
            break;
        case Operation::negation:
            break;
    }
}

Result<std::string> combine_sources(Call& call, Operation operation) {
    std::string result;
    for (std::size_t at = 3; at < call.args.size(); ++at) {
        const auto operand = string_or_empty(call, call.key(at));
        if (!operand) return operand.error();
        if (at == 3) {
            result = *operand;
        } else {
            combine(operation, result, *operand);
        }
    }
    if (operation == Operation::negation) {
        for (char& byte : result) byte = static_cast<char>(~byte);
    }
    return result;
}

Result<void> run_bitop(Call& call) {
    const auto operation = to_operation(call.args[1]);
    if (!operation) return syntax_error();
    if (*operation == Operation::negation && call.args.size() != 4) {
        return Error{"ERR BITOP NOT must be called with a single source key."};
    }
    const auto result = combine_sources(call, *operation);
    if (!result) return result.error();
    const Key target = call.key(2);
    if (result->empty()) {
        erase_key(call, target);
    } else {
        set_string(call, target, *result);
    }
    call.reply.integer(static_cast<std::int64_t>(result->size()));
    return {};
}

constexpr KeySpec from_second_argument{2, -1, 1};

constinit const Command rows[] = {
    {.name = "SETBIT",
     .run = run_setbit,
     .arity = 4,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "bitmap",
     .since = "2.2.0",
     .complexity = "O(1)",
     .summary = "Sets or clears one bit and answers what it was."},
    {.name = "GETBIT",
     .run = run_getbit,
     .arity = 3,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "bitmap",
     .since = "2.2.0",
     .complexity = "O(1)",
     .summary = "Reads one bit."},
    {.name = "BITCOUNT",
     .run = run_bitcount,
     .arity = -2,
     .keys = first_argument,
     .flags = reads,
     .group = "bitmap",
     .since = "2.6.0",
     .complexity = "O(N) where N is the number of bytes looked at.",
     .summary = "Counts the bits that are set."},
    {.name = "BITPOS",
     .run = run_bitpos,
     .arity = -3,
     .keys = first_argument,
     .flags = reads,
     .group = "bitmap",
     .since = "2.8.7",
     .complexity = "O(N) where N is the number of bytes looked at.",
     .summary = "Finds the first bit that is set, or clear."},
    {.name = "BITOP",
     .run = run_bitop,
     .arity = -4,
     .keys = from_second_argument,
     .flags = writes | deny_oom,
     .group = "bitmap",
     .since = "2.6.0",
     .complexity = "O(N) where N is the number of bytes of all sources.",
     .summary = "Combines strings bit by bit and stores the result."},
};

}  // namespace

std::span<const Command> bitmap_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
