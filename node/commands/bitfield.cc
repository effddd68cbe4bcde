// Strings as rows of integers of any width: BITFIELD, BITFIELD_RO.
#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "node/commands/arguments.h"
#include "node/commands/bits.h"
#include "node/commands/call.h"
#include "node/commands/families.h"

namespace grapevine::node::commands {
namespace {

__extension__ using Wide = __int128;  // Holds the sum of any two fields.

// "u8", "i64": at most 63 bits without and 64 with a sign.
struct FieldType {
    bool is_signed = false;
    unsigned width = 0;

    Wide lowest() const { return is_signed ? -(Wide{1} << (width - 1)) : 0; }
    Wide highest() const { return (Wide{1} << (is_signed ? width - 1 : width)) - 1; }
    // The number that the lowest `width` bits of `bits` stand for.
    std::int64_t interpret(std::uint64_t bits) const {
        const unsigned unused = 64 - width;
        bits <<= unused;
        return is_signed ? static_cast<std::int64_t>(bits) >> unused
                         : static_cast<std::int64_t>(bits >> unused);
    }
};

enum class Overflow { wrap, saturate, fail };

struct Step {
    enum class Kind { get, set, increase } kind = Kind::get;
    FieldType type;
    std::uint64_t offset = 0;
    std::int64_t operand = 0;
    Overflow overflow = Overflow::wrap;

    std::size_t bytes() const { return (offset + type.width - 1) / 8 + 1; }
};

Result<FieldType> parse_type(std::string_view text) {
    const Error invalid{
        "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but "
        "i64 is."};
    const bool is_signed = text.starts_with('i');
    if (!is_signed && !text.starts_with('u')) return invalid;
    const auto width = to_integer(text.substr(1));
    if (!width || *width < 1 || *width > (is_signed ? 64 : 63)) return invalid;
    return FieldType{is_signed, static_cast<unsigned>(*width)};
}

// "100" counts bits, "#3" counts fields.
Result<std::uint64_t> parse_offset(std::string_view text, FieldType type) {
    const Error invalid{"ERR bit offset is not an integer or out of range"};
    const bool counts_fields = text.starts_with('#');
    auto offset = to_integer(counts_fields ? text.substr(1) : text);
    constexpr std::int64_t last = static_cast<std::int64_t>(longest_string) * 8 - 1;
    if (!offset || *offset < 0 || *offset > last) return invalid;
    if (counts_fields) *offset *= type.width;
    if (*offset > last) return invalid;
    return static_cast<std::uint64_t>(*offset);
}

Result<Overflow> parse_overflow(std::string_view text) {
    if (is_word(text, "WRAP")) return Overflow::wrap;
    if (is_word(text, "SAT")) return Overflow::saturate;
    if (is_word(text, "FAIL")) return Overflow::fail;
    return Error{"ERR Invalid OVERFLOW type specified"};
}

std::optional<Step::Kind> to_kind(std::string_view text) {
    if (is_word(text, "GET")) return Step::Kind::get;
    if (is_word(text, "SET")) return Step::Kind::set;
    if (is_word(text, "INCRBY")) return Step::Kind::increase;
    return {};
}

// Takes one step off the front of `args`.
Result<Step> take_step(std::span<const std::string_view>& args, Overflow overflow) {
    const auto kind = to_kind(args[0]);
    const std::size_t size = kind == Step::Kind::get ? 3 : 4;
    if (!kind || args.size() < size) return syntax_error();
    Step step{.kind = *kind, .type = {}, .overflow = overflow};
    const auto type = parse_type(args[1]);
    if (!type) return type.error();
    const auto offset = parse_offset(args[2], *type);
    if (!offset) return offset.error();
    step.type = *type;
    step.offset = *offset;
    if (*kind != Step::Kind::get) {
        const auto operand = parse_integer(args[3]);
        if (!operand) return operand.error();
        step.operand = *operand;
    }
    args = args.subspan(size);
    return step;
}

Result<std::vector<Step>> parse_steps(std::span<const std::string_view> args) {
    std::vector<Step> steps;
    Overflow overflow = Overflow::wrap;
    while (!args.empty()) {
        if (is_word(args[0], "OVERFLOW") && args.size() >= 2) {
            const auto asked = parse_overflow(args[1]);
            if (!asked) return asked.error();
            overflow = *asked;
            args = args.subspan(2);
            continue;
        }
        const auto step = take_step(args, overflow);
        if (!step) return step.error();
        steps.push_back(*step);
    }
    return steps;
}

// The value as it fits into the field; nothing when the step is to fail.
std::optional<std::int64_t> fit(Wide value, const Step& step) {
    const Wide lowest = step.type.lowest();
    const Wide highest = step.type.highest();
    if (value >= lowest && value <= highest) return static_cast<std::int64_t>(value);
    switch (step.overflow) {
        case Overflow::fail:
            return {};
        case Overflow::saturate:
            return static_cast<std::int64_t>(std::clamp(value, lowest, highest));
        case Overflow::wrap:
            break;
    }
    return step.type.interpret(static_cast<std::uint64_t>(value));
}

// A set operand is taken as a number without a sign by a field without one (Redis 7.0).
Wide asked_value(const Step& step, std::int64_t before) {
    if (step.kind == Step::Kind::increase) return Wide{before} + step.operand;
    if (step.type.is_signed) return step.operand;
    return static_cast<std::uint64_t>(step.operand);
}

// SET answers the field as it was, INCRBY as it is.
void change(std::span<char> bytes, const Step& step, client::resp::Writer& reply) {
    const std::string_view view{bytes.data(), bytes.size()};
    const auto before = step.type.interpret(read_field(view, step.offset, step.type.width));
    const auto after = fit(asked_value(step, before), step);
    if (!after) return reply.null();
    write_field(bytes, step.offset, step.type.width, static_cast<std::uint64_t>(*after));
    reply.integer(step.kind == Step::Kind::set ? before : *after);
}

void read(std::string_view bytes, const Step& step, client::resp::Writer& reply) {
    reply.integer(step.type.interpret(read_field(bytes, step.offset, step.type.width)));
}

bool writes_something(const Step& step) {
    return step.kind != Step::Kind::get;
}

Result<void> read_fields(Call& call, std::span<const Step> steps) {
    const auto value = call.store.string(call.key(1));
    if (!value) return value.error();
    call.reply.array(steps.size());
    for (const Step& step : steps) read(value->value_or(""), step, call.reply);
    return {};
}

Result<void> change_fields(Call& call, std::span<const Step> steps) {
    const store::Key key = call.key(1);
    const auto value = call.store.string(key);
    if (!value) return value.error();
    std::size_t size = *value ? (*value)->size() : 0;
    for (const Step& step : steps) {
        if (writes_something(step)) size = std::max(size, step.bytes());
    }
    const auto bytes = call.store.resize(key, size);
    if (!bytes) return bytes.error();
    call.reply.array(steps.size());
    for (const Step& step : steps) {
        if (writes_something(step)) {
            change(*bytes, step, call.reply);
        } else {
            read({bytes->data(), bytes->size()}, step, call.reply);
        }
    }
    call.record_as_asked();
    return {};
}

Result<void> run_bitfield(Call& call) {
    const auto steps = parse_steps(call.args.subspan(2));
    if (!steps) return steps.error();
    const bool changes = std::any_of(steps->begin(), steps->end(), writes_something);
    return changes ? change_fields(call, *steps) : read_fields(call, *steps);
}

Result<void> run_bitfield_ro(Call& call) {
    const auto steps = parse_steps(call.args.subspan(2));
    if (!steps) return steps.error();
    if (std::any_of(steps->begin(), steps->end(), writes_something)) {
        return Error{"ERR BITFIELD_RO only supports the GET subcommand"};
    }
    return read_fields(call, *steps);
}

constinit const Command rows[] = {
    {.name = "BITFIELD",
     .run = run_bitfield,
     .arity = -2,
     .keys = first_argument,
     .flags = writes | deny_oom,
     .group = "bitmap",
     .since = "3.2.0",
     .complexity = "O(1) for each step.",
     .summary = "Reads and changes integers of any width within a string."},
    {.name = "BITFIELD_RO",
     .run = run_bitfield_ro,
     .arity = -2,
     .keys = first_argument,
     .flags = reads | fast,
     .group = "bitmap",
     .since = "6.0.0",
     .complexity = "O(1) for each step.",
     .summary = "Reads integers of any width within a string."},
};

}  // namespace

std::span<const Command> bitfield_commands() {
    return rows;
}

}  // namespace grapevine::node::commands
