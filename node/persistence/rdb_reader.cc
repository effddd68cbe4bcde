#include "node/persistence/rdb_reader.h"

#include <charconv>
#include <utility>

#include "node/persistence/rdb_format.h"
#include "node/store/checksum.h"
#include "node/store/encoding.h"

namespace grapevine::node::persistence {
namespace {

constexpr std::size_t header_size = 9;  // "REDIS" and four digits.
constexpr unsigned first_version_with_checksum = 5;

Error malformed(std::string_view what) {
    return Error{"ERR malformed RDB data: " + std::string(what)};
}

Error lacking(std::string_view what) {
    return Error{"ERR the RDB data holds " + std::string(what) +
                 ", which this server does not support"};
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

}  // namespace

Result<void> RdbReader::feed(std::string_view bytes) {
    input_.append(bytes);
    rest_ = input_;
    while (!rest_.empty()) {
        const auto step = this->step();
        if (!step) return step.error();
        if (*step == Step::more) break;
    }
    const auto understood = input_.size() - rest_.size();
    if (understood > 0) input_.erase(0, understood);
    return {};
}

Result<void> RdbReader::finish() const {
    if (state_ != State::end) return malformed("it ends too early");
    return {};
}

Result<RdbReader::Step> RdbReader::step() {
    switch (state_) {
        case State::header:
            return read_header();
        case State::body:
            return read_part();
        case State::checksum:
            return read_checksum();
        case State::end:
            break;
    }
    return malformed("bytes behind its end");
}

void RdbReader::took(std::size_t bytes) {
    checksum_ = store::crc64(checksum_, rest_.substr(0, bytes));
    rest_.remove_prefix(bytes);
}

Result<RdbReader::Step> RdbReader::read_header() {
    if (rest_.size() < header_size) return Step::more;
    const auto version = number<unsigned>(rest_.substr(5, 4));
    if (!rest_.starts_with("REDIS") || !version) return malformed("it does not begin like one");
    if (*version < 1 || *version > store::latest_rdb_version) {
        return Error{"ERR cannot read RDB version " + std::to_string(*version) +
                     ": the latest known is " + std::to_string(store::latest_rdb_version)};
    }
    version_ = *version;
    state_ = State::body;
    took(header_size);
    return Step::done;
}

Result<RdbReader::Step> RdbReader::read_part() {
    switch (static_cast<Opcode>(rest_.front())) {
        case Opcode::note:
            return read_note();
        case Opcode::select_database:
            return read_database();
        case Opcode::size_hint:
            return read_hint(2);
        case Opcode::slot_hint:
            return read_hint(3);
        case Opcode::function:
        case Opcode::function_before_release:
            return lacking("a function library");
        case Opcode::module_note:
            return lacking("a module's data");
        case Opcode::end:
            took(1);
            state_ = version_ < first_version_with_checksum ? State::end : State::checksum;
            return Step::done;
    }
    return read_key();
}

Result<RdbReader::Step> RdbReader::read_key() {
    auto after = rest_;
    auto record = store::read_record(after);
    if (!record) return record.error();
    if (!*record) return Step::more;
    took(rest_.size() - after.size());
    keep_(database_, **std::move(record));
    return Step::done;
}

Result<RdbReader::Step> RdbReader::read_database() {
    store::Decoder decoder(rest_.substr(1));
    const auto database = decoder.length();
    if (decoder.incomplete()) return Step::more;
    if (!decoder.fine()) return malformed("a database without a number");
    if (database >= static_cast<std::uint64_t>(databases_)) {
        return Error{"ERR the RDB data holds keys of database " + std::to_string(database) +
                     ", this server has " + std::to_string(databases_) + ": raise 'databases'"};
    }
    database_ = static_cast<int>(database);
    took(1 + decoder.consumed());
    return Step::done;
}

Result<RdbReader::Step> RdbReader::read_note() {
    store::Decoder decoder(rest_.substr(1));
    const auto name = decoder.string();
    const auto value = decoder.string();
    if (decoder.incomplete()) return Step::more;
    if (!decoder.fine()) return malformed("an unreadable note");
    note(name, value);
    took(1 + decoder.consumed());
    return Step::done;
}

void RdbReader::note(std::string_view name, std::string_view value) {
    if (name == "repl-id") origin_.id = value;
    if (name == "grapevine-formers") origin_.formers = value;
    if (name == "grapevine-shard") origin_.shard = value;
    if (name == "grapevine-saved-offset") origin_.saved = number<std::uint64_t>(value);
    if (name == "repl-offset") origin_.offset = number<std::uint64_t>(value);
    if (name == "repl-stream-db") {
        const auto database = number<int>(value).value_or(0);
        if (database >= 0 && database < databases_) origin_.database = database;
    }
}

Result<RdbReader::Step> RdbReader::read_hint(int lengths) {
    store::Decoder decoder(rest_.substr(1));
    for (int i = 0; i < lengths; ++i) decoder.length();
    if (decoder.incomplete()) return Step::more;
    if (!decoder.fine()) return malformed("an unreadable key count");
    took(1 + decoder.consumed());
    return Step::done;
}

// Zero stands for "not computed" (rdbchecksum no).
Result<RdbReader::Step> RdbReader::read_checksum() {
    constexpr std::size_t size = 8;
    if (rest_.size() < size) return Step::more;
    const auto expected = store::Decoder(rest_.substr(0, size)).little_endian(size);
    if (expected != 0 && expected != checksum_) return malformed("its checksum does not fit");
    rest_.remove_prefix(size);
    state_ = State::end;
    return Step::done;
}

}  // namespace grapevine::node::persistence
