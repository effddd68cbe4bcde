// What one writer wrote to its keys, and whether what is found there can have come of it.
//
// The servers replicate asynchronously: a primary that dies takes with it what it acknowledged
// last. What is lost so is the end of its stream and nothing else, and nothing that it has had
// confirmed by WAIT. Any other difference is the client's: a write that was acknowledged and never
// done, done twice, or done although it was said not to be.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chaos {

using Instant = std::chrono::steady_clock::time_point;

struct Figures {
    std::int64_t acknowledged = 0;
    std::int64_t unknown = 0;
    std::int64_t proven = 0;      // Acknowledged, and known to be at a replica.
    std::int64_t lost = 0;        // Of those that were proven.
    std::int64_t duplicates = 0;  // Done twice.
    std::int64_t false_ones = 0;  // There, but said not to have been done; or never written.
    std::int64_t misplaced = 0;   // Gone and there again, or out of order.
    std::int64_t torn = 0;        // Pairs whose halves differ.

    void add(const Figures& other) {
        acknowledged += other.acknowledged;
        unknown += other.unknown;
        proven += other.proven;
        lost += other.lost;
        duplicates += other.duplicates;
        false_ones += other.false_ones;
        misplaced += other.misplaced;
        torn += other.torn;
    }
};

// Numbers that are appended to one key, each once and one after the other: the key shows all that
// ever happened to it. Nobody else writes there. Each is eight bytes, so that the length that
// APPEND answers tells how many are there.
class History {
public:
    static constexpr std::size_t width = 8;

    // The next to be appended. Its fate is then told by one of the three below.
    std::string next() {
        acknowledged_at_.push_back({});
        char text[32];
        std::snprintf(text, sizeof text, "%07lld;", static_cast<long long>(last()));
        return text;
    }
    // `length`: that of the whole, as it was answered.
    void appended(std::int64_t length, Instant now) {
        ++figures_.acknowledged;
        acknowledged_at_.back() = now;
        if (length == static_cast<std::int64_t>(width * (present_.size() + 1))) {
            present_.push_back(last());
            settle(true);
        } else {
            must_look_ = true;
        }
    }
    void not_known() {
        ++figures_.unknown;
        uncertain_.insert(last());
        must_look_ = true;
    }
    void not_done() { not_done_.insert(last()); }

    // What is there is not what was expected: saw() is to be called with it.
    bool must_look() const { return must_look_; }
    void saw(std::string_view content) {
        must_look_ = false;
        const std::vector<std::int64_t> found = numbers_of(content);
        const auto [old, added] =
            std::mismatch(present_.begin(), present_.end(), found.begin(), found.end());
        std::set<std::int64_t> there(found.begin(), added);
        if (there.size() != static_cast<std::size_t>(added - found.begin())) ++figures_.duplicates;
        const std::set<std::int64_t> moved(old, present_.end());
        for (auto each = added; each != found.end(); ++each) look_at(*each, there, moved);
        for (auto each = old; each != present_.end(); ++each) is_gone(*each);
        const bool new_one = !present_.empty() && present_.back() == last();
        if (!new_one && acknowledged(last()) && !there.contains(last())) is_gone(last());
        present_ = found;
        settle(there.contains(candidate_));
    }

    // Before something else is written to the same slot and waited for at a replica.
    void proof_begins() { begun_ = acknowledged(last()) ? last() : 0; }
    // That was at a replica: so was what had been acknowledged before, if it is still seen
    // afterwards. (If not, its primary had died in between.)
    void proof_ended() { candidate_ = begun_; }

    const Figures& figures() const { return figures_; }
    // When each that the servers lost had been acknowledged.
    const std::vector<Instant>& lost_by_servers() const { return lost_by_servers_; }
    std::size_t present() const { return present_.size(); }

private:
    std::int64_t last() const { return static_cast<std::int64_t>(acknowledged_at_.size()); }
    bool acknowledged(std::int64_t number) const {
        return number > 0 && acknowledged_at_[static_cast<std::size_t>(number - 1)] != Instant{};
    }

    static std::vector<std::int64_t> numbers_of(std::string_view content) {
        std::vector<std::int64_t> numbers;
        for (; content.size() >= width; content.remove_prefix(width))
            numbers.push_back(std::stoll(std::string(content.substr(0, width - 1))));
        if (!content.empty()) numbers.push_back(-1);
        return numbers;
    }

    // One that was not expected there: the last, or one whose fate was not known. One of `moved`
    // has been behind something that is not there any more.
    void look_at(std::int64_t number, std::set<std::int64_t>& there,
                 const std::set<std::int64_t>& moved) {
        const bool known = number > 0 && number <= last();
        if (!there.insert(number).second) {
            ++figures_.duplicates;
        } else if (!known || not_done_.contains(number)) {
            ++figures_.false_ones;
        } else if (gone_.contains(number) || moved.contains(number) ||
                   (number != last() && !uncertain_.contains(number))) {
            ++figures_.misplaced;
        }
    }

    void is_gone(std::int64_t number) {
        gone_.insert(number);
        if (!acknowledged(number)) return;
        if (number <= proven_) {
            ++figures_.lost;
        } else {
            lost_by_servers_.push_back(acknowledged_at_[static_cast<std::size_t>(number - 1)]);
        }
    }

    void settle(bool candidate_is_there) {
        if (candidate_is_there && candidate_ > proven_) {
            for (std::int64_t each = proven_ + 1; each <= candidate_; ++each)
                figures_.proven += acknowledged(each) ? 1 : 0;
            proven_ = candidate_;
        }
        candidate_ = 0;
    }

    std::vector<Instant> acknowledged_at_;  // By number - 1; nothing: it was not.
    std::vector<std::int64_t> present_;     // As it was seen last, with what came since.
    std::set<std::int64_t> uncertain_, not_done_, gone_;
    std::int64_t begun_ = 0, candidate_ = 0, proven_ = 0;
    bool must_look_ = false;
    Figures figures_;
    std::vector<Instant> lost_by_servers_;
};

// A key that is set to larger and larger numbers.
class Newest {
public:
    std::int64_t next() { return ++number_; }
    void was_set(Instant now) {
        ++figures_.acknowledged;
        known_ = number_;
        known_at_ = now;
    }
    void saw(std::int64_t value) {
        if (value > number_) ++figures_.false_ones;
        if (value < proven_) {
            ++figures_.lost;
        } else if (value < known_) {
            lost_by_servers_.push_back(known_at_);
        } else if (candidate_ > proven_) {
            figures_.proven += candidate_ - proven_;
            proven_ = candidate_;
        }
        candidate_ = 0;
        known_ = std::min(known_, value);
    }
    void proof_begins() { begun_ = known_; }
    void proof_ended() { candidate_ = begun_; }

    const Figures& figures() const { return figures_; }
    const std::vector<Instant>& lost_by_servers() const { return lost_by_servers_; }

protected:
    Figures figures_;

private:
    std::int64_t number_ = 0, known_ = 0, begun_ = 0, candidate_ = 0, proven_ = 0;
    Instant known_at_{};
    std::vector<Instant> lost_by_servers_;
};

// Two keys that are set to one number by one command.
class Pair : public Newest {
public:
    using Halves = std::vector<std::optional<std::int64_t>>;

    // `is_whole`: the command that wrote last was acknowledged. Until then they may differ.
    void saw(const Halves& halves, bool is_whole) {
        if (halves.size() != 2 || halves[0] != halves[1]) figures_.torn += is_whole ? 1 : 0;
        if (!halves.empty()) Newest::saw(halves[0].value_or(0));
    }
};

}  // namespace chaos
