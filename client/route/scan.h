// In which order the nodes of a cluster are walked so that no key is missed, although slots move
// and primaries change meanwhile. Pure: answers come in, the next question goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "slots/slot_set.h"

namespace grapevine::client::route {

// What a node says of itself in CLUSTER NODES.
struct OwnSlots {
    slots::SlotSet owned;
    slots::SlotSet open;  // On their way to it or from it.

    // Of the line with "myself" (Redis 7.0): "ID ADDRESS myself,FLAGS PRIMARY PING PONG EPOCH LINK
    // SLOTS", the slots as "0-5460", "7", "[93->-ID]" or "[93-<-ID]". Nothing when there is no such
    // line.
    static std::optional<OwnSlots> parse(std::string_view nodes);
};

// A node is walked with SCAN from its beginning to its end. The slots that it owned before and
// after, at rest both times, are done: each of their keys that was there all the while has been
// returned. All others are left for another walk, there or where they are then. A walk counts only
// if the same process with the same data was walked: INFO tells.
//
// What is not noticed: a slot that moved away and came back within one walk.
class ScanCourse {
public:
    struct Question {
        enum class Kind : std::uint8_t { slots, process, keys, none } kind;  // none: all is done.
        // The one whose owner is to be asked, and walked from then on; nothing: the node of the
        // walk is.
        std::optional<std::uint16_t> slot;
        std::string_view cursor;  // Of `keys`.
    };
    Question question() const;

    // The answers, each to a question of its kind. slots() returns why the next question has to
    // wait a little, if it has.
    std::optional<std::string> slots(const OwnSlots& now);
    void process(std::string_view info);
    void keys(std::string_view next_cursor);
    // The node of the walk cannot be asked any more.
    void abandon();
    // A server without cluster mode answered to the first question: it has everything.
    void without_slots();

    std::size_t left() const { return pending_.size(); }

private:
    enum class Step : std::uint8_t { begin, identify, walk, look_again, confirm };

    std::optional<std::string> postpone(const slots::SlotSet& open);
    static std::string identity_in(std::string_view info);
    void choose();

    Step step_ = Step::begin;
    slots::SlotSet pending_ = slots::SlotSet::all();
    slots::SlotSet walked_;  // Those that this walk is good for.
    slots::SlotSet still_;   // Those of them that are there in the end.
    slots::SlotSet open_;    // Those that were seen on the move last.
    std::string identity_;   // Of the process that is walked.
    std::string cursor_ = "0";
    std::uint16_t wanted_ = 0;  // In pending_, while there is one.
    bool clusterless_ = false;
};

}  // namespace grapevine::client::route
