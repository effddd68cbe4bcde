// Mistakes that a client could make, made on purpose in what this program does with the library:
// the checker has to find each of them.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "tests/client/chaos/writer.h"

namespace chaos {

// Enough has been proven by then, and this round proves nothing.
inline constexpr std::int64_t round_of_blunder = 5 * rounds_between_proofs + 1;

// What was acknowledged is sent once more.
inline void duplicate(Writer& writer) {
    const std::string element = writer.history.next();
    writer.was_appended(writer.append(element).wait());
    (void)writer.append(element).wait();
}

// It was done, and its caller is told that it was not.
inline void deny(Writer& writer) {
    (void)writer.append().wait();
    writer.history.not_done();
}

// It was never sent, and its caller is told that it was done.
inline void skip(Writer& writer) {
    const auto length = (writer.history.present() + 1) * History::width;
    (void)writer.history.next();
    writer.history.appended(static_cast<std::int64_t>(length), Clock::now());
}

// One half of a pair is written and the other not.
inline void tear(Writer& writer) {
    (void)writer.put(writer.pair_of_round() + "b", "0").wait();
}

// What was written is changed afterwards.
template <typename Change>
void rewrite(Writer& writer, Change change) {
    std::string content = writer.look().wait()->value_or("");
    change(content);
    (void)writer.put(writer.key("history"), content).wait();
}

inline void invent(Writer& writer) {
    rewrite(writer, [](std::string& content) { content += "9999999;"; });
}

// The end is gone, and more of it than was written since the last proof.
inline void shorten(Writer& writer) {
    rewrite(writer, [](std::string& content) {
        content.resize(content.size() - (rounds_between_proofs + 1) * History::width);
    });
}

inline void swap_last_two(Writer& writer) {
    rewrite(writer, [](std::string& content) {
        std::rotate(content.end() - 2 * History::width, content.end() - History::width,
                    content.end());
    });
}

inline void take_from_the_middle(Writer& writer) {
    rewrite(writer, [](std::string& content) {
        content.erase(content.size() - 2 * History::width, History::width);
    });
}

inline constexpr std::array<std::pair<std::string_view, void (*)(Writer&)>, 9> blunders{{
    {"nothing", [](Writer&) {}},  // To compare with.
    {"duplicate", duplicate},
    {"denied", deny},
    {"skipped", skip},
    {"torn", tear},
    {"invented", invent},
    {"shortened", shorten},
    {"swapped", swap_last_two},
    {"hole", take_from_the_middle},
}};

// One of them, to be made once.
class Planted {
public:
    explicit Planted(std::string_view name)
        : blunder_(std::find_if(blunders.begin(), blunders.end(),
                                [&](const auto& each) { return each.first == name; })) {}

    bool is_known() const { return blunder_ != blunders.end(); }
    void make(Writer& writer) {
        blunder_->second(writer);
        is_made_ = true;
        is_made_.notify_all();
    }
    void wait() const { is_made_.wait(false); }

private:
    decltype(blunders)::const_iterator blunder_;
    std::atomic<bool> is_made_ = false;
};

}  // namespace chaos
