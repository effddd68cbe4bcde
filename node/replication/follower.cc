#include "node/replication/follower.h"

#include <algorithm>
#include <utility>

#include "node/replication/words.h"

namespace grapevine::node::replication {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_info = 64 * 1024;
constexpr std::size_t mark_size = 40;

// Takes a word off the front of `line`.
std::string_view next_word(std::string_view& line) {
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    return word;
}

// A primary that wants a password says so to a PING; the AUTH comes next.
bool answers_ping(std::string_view line) {
    return line.starts_with('+') || line.starts_with("-NOAUTH") || line.starts_with("-NOPERM") ||
           line.starts_with("-ERR operation not permitted");
}

}  // namespace

std::string Follower::hello() const {
    return request({"PING"});
}

std::vector<Heard> Follower::receive(std::string_view bytes) {
    Answers answers;
    if (state_ == State::stream) {
        answers.emplace_back(StreamBytes{bytes});
        return answers;
    }
    input_.erase(0, std::exchange(read_, 0));
    input_.append(bytes);
    bool more = true;
    while (more && state_ != State::stream && state_ != State::failed) {
        more = read_some(answers);
    }
    if (state_ == State::stream && read_ < input_.size()) {
        answers.emplace_back(StreamBytes{std::string_view(input_).substr(read_)});
        read_ = input_.size();
    }
    return answers;
}

// Answers whether there may be more to read; so do those that it calls.
bool Follower::read_some(Answers& answers) {
    if (state_ == State::payload) return read_payload(answers);
    return state_ == State::inquiring ? read_info(answers) : read_line(answers);
}

bool Follower::read_line(Answers& answers) {
    const auto rest = std::string_view(input_).substr(read_);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) {
        if (rest.size() > longest_line) fail("an endless line", rest.substr(0, 80), answers);
        return false;
    }
    read_ += end + 1;
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) hear_line(line, answers);  // An empty one says that the primary is alive.
    return true;
}

void Follower::hear_line(std::string_view line, Answers& answers) {
    switch (state_) {
        case State::greeting:
            return hear_greeting(line, answers);
        case State::asking:
            return hear_sync_answer(line, answers);
        default:
            return hear_payload_header(line, answers);
    }
}

void Follower::hear_greeting(std::string_view line, Answers& answers) {
    switch (step_) {
        case Step::ping:
            if (!answers_ping(line)) return fail("an error to PING", line, answers);
            answers.emplace_back(Say{introduce()});
            return;
        case Step::auth:
            if (!line.starts_with('+')) return fail("an error to AUTH", line, answers);
            step_ = Step::options;
            return;
        default:  // Options that an old primary does not know do no harm.
            if (--options_unanswered_ > 0) return;
            state_ = self_.inquires ? State::inquiring : State::asking;
            answers.emplace_back(Say{self_.inquires ? request({"INFO", "replication"}) : ask()});
    }
}

// A bulk, read once it is whole. A primary that refuses to answer leaves its history unknown.
bool Follower::read_info(Answers& answers) {
    const auto rest = std::string_view(input_).substr(read_);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return false;
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto size =
        line.starts_with('$') ? parse_number<std::size_t>(line.substr(1)) : std::nullopt;
    if (!size || *size > longest_info) {
        read_ += end + 1;
        if (line.starts_with('-')) hear_history({}, answers);
        if (line.starts_with('$')) fail("an endless text to INFO", line, answers);
        return true;
    }
    constexpr std::size_t line_break = 2;
    const auto whole = end + 1 + *size + line_break;
    if (rest.size() < whole) return false;
    hear_history(parse_history(rest.substr(end + 1, *size)), answers);
    read_ += whole;
    return true;
}

void Follower::hear_history(const History& history, Answers& answers) {
    state_ = State::asking;
    answers.emplace_back(history);
    answers.emplace_back(Say{ask()});
}

std::string Follower::introduce() {
    std::string said;
    step_ = self_.password.empty() ? Step::options : Step::auth;
    if (!self_.password.empty()) {
        said += self_.user.empty() ? request({"AUTH", self_.password})
                                   : request({"AUTH", self_.user, self_.password});
    }
    said += request({"REPLCONF", "listening-port", std::to_string(self_.port)});
    said += request({"REPLCONF", "capa", "eof", "capa", "psync2"});
    options_unanswered_ = 2;
    if (!self_.address.empty()) {
        said += request({"REPLCONF", "ip-address", self_.address});
        ++options_unanswered_;
    }
    return said;
}

std::string Follower::ask() const {
    if (self_.id.none()) return request({"PSYNC", "?", "-1"});
    return request({"PSYNC", self_.id.text(), std::to_string(self_.offset + 1)});
}

void Follower::hear_sync_answer(std::string_view line, Answers& answers) {
    auto rest = line;
    const auto word = next_word(rest);
    if (word == "+CONTINUE" && !self_.id.none()) {
        const auto id = ReplicationId::parse(rest);
        if (!id && !rest.empty()) return fail("a malformed CONTINUE", line, answers);
        state_ = State::stream;
        answers.emplace_back(Continue{id.value_or(self_.id)});
        return;
    }
    const auto id = ReplicationId::parse(next_word(rest));
    const auto offset = parse_number<Offset>(rest);
    if (word != "+FULLRESYNC" || !id || !offset) return fail("no data", line, answers);
    state_ = State::awaiting_payload;
    answers.emplace_back(FullSync{*id, *offset});
}

void Follower::hear_payload_header(std::string_view line, Answers& answers) {
    if (line.starts_with("$EOF:") && line.size() == 5 + mark_size) {
        mark_ = line.substr(5);
    } else {
        const auto size =
            parse_number<std::uint64_t>(line.substr(std::min<std::size_t>(1, line.size())));
        if (!line.starts_with('$') || !size) return fail("no payload", line, answers);
        expected_ = *size;
    }
    state_ = State::payload;
}

bool Follower::read_payload(Answers& answers) {
    return mark_.empty() ? read_sized_payload(answers) : read_marked_payload(answers);
}

bool Follower::read_sized_payload(Answers& answers) {
    const auto bytes = std::string_view(input_).substr(read_, expected_);
    if (!bytes.empty()) answers.emplace_back(Payload{bytes});
    read_ += bytes.size();
    expected_ -= bytes.size();
    if (expected_ > 0) return false;
    end_payload(answers);
    return true;
}

// The last bytes may be the beginning of the mark: they are held back.
bool Follower::read_marked_payload(Answers& answers) {
    const auto rest = std::string_view(input_).substr(read_);
    const auto mark = rest.find(mark_);
    const bool found = mark != std::string_view::npos;
    const auto sure = found ? mark : rest.size() - std::min(rest.size(), mark_size - 1);
    if (sure > 0) answers.emplace_back(Payload{rest.substr(0, sure)});
    read_ += sure;
    if (!found) return false;
    read_ += mark_size;
    end_payload(answers);
    return true;
}

void Follower::end_payload(Answers& answers) {
    state_ = State::stream;
    answers.emplace_back(PayloadEnd{});
}

void Follower::fail(std::string_view what, std::string_view heard, Answers& answers) {
    state_ = State::failed;
    answers.emplace_back(Failed{
        Error{"ERR the primary answered with " + std::string(what) + ": " + std::string(heard)}});
}

}  // namespace grapevine::node::replication
