// Moves values between a field of Config and the text that CONFIG GET prints.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "node/config/config.h"
#include "node/config/shape.h"

// read_field() is given canonical text only (see canonical()): the shape has refused all other.
namespace grapevine::node::config {

std::string print_field(const Shape& shape, bool value);
std::string print_field(const Shape& shape, const std::string& value);
std::string print_field(const Shape& shape, const std::vector<std::string>& value);
std::string print_field(const Shape& shape, const std::vector<SavePoint>& value);
std::string print_field(const Shape& shape, const OutputLimits& value);
std::string print_field(const Shape& shape, const std::optional<PrimaryAddress>& value);
std::string print_number(const Shape& shape, std::uint64_t number);

void read_field(const Shape& shape, const std::string& text, bool& value);
void read_field(const Shape& shape, const std::string& text, std::string& value);
void read_field(const Shape& shape, const std::string& text, std::vector<std::string>& value);
void read_field(const Shape& shape, const std::string& text, std::vector<SavePoint>& value);
// Classes that `text` does not name keep their limits.
void read_field(const Shape& shape, const std::string& text, OutputLimits& value);
void read_field(const Shape& shape, const std::string& text, std::optional<PrimaryAddress>& value);
std::uint64_t read_number(const Shape& shape, const std::string& text);

template <std::unsigned_integral Number>
std::string print_field(const Shape& shape, Number value) {
    return print_number(shape, value);
}
template <std::unsigned_integral Number>
void read_field(const Shape& shape, const std::string& text, Number& value) {
    value = static_cast<Number>(read_number(shape, text));
}

template <typename Ratio>
std::string print_field(const Shape& shape, std::chrono::duration<std::int64_t, Ratio> value) {
    return print_number(shape, static_cast<std::uint64_t>(value.count()));
}
template <typename Ratio>
void read_field(const Shape& shape, const std::string& text,
                std::chrono::duration<std::int64_t, Ratio>& value) {
    value = std::chrono::duration<std::int64_t, Ratio>(read_number(shape, text));
}

template <typename Choice>
    requires std::is_enum_v<Choice>
std::string print_field(const Shape& shape, Choice value) {
    return std::string(word_at(static_cast<std::size_t>(value), shape.choices));
}
template <typename Choice>
    requires std::is_enum_v<Choice>
void read_field(const Shape& shape, const std::string& text, Choice& value) {
    value = static_cast<Choice>(*position_of(text, shape.choices));
}

// What shape::check is for fields that hold more than one word or one of a few forms.
Result<void> check_save(Words words);
Result<void> check_output_limits(Words words);
Result<void> check_primary(Words words);
Result<void> check_bind(Words words);
Result<void> check_plain_file_name(Words words);
Result<void> check_host_name(Words words);
Result<void> check_node_name(Words words);
Result<void> check_password(Words words);
Result<void> check_bus_key(Words words);
Result<void> check_networks(Words words);
Result<void> check_seeds(Words words);

// "a 'b c'": words without their quotes. ERR when a quote stays open.
Result<std::vector<std::string>> split_words(std::string_view line);

}  // namespace grapevine::node::config
