#include "client/route/scan.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace grapevine;
using client::route::OwnSlots;
using client::route::ScanCourse;
using Kind = ScanCourse::Question::Kind;

namespace {

constexpr std::uint16_t half = 8192;

OwnSlots owning(unsigned first, unsigned last) {
    OwnSlots own;
    own.owned.insert(
        slots::SlotRange{{static_cast<std::uint16_t>(first)}, {static_cast<std::uint16_t>(last)}});
    return own;
}

std::string info(const std::string& process) {
    return "# Server\r\nrun_id:" + process + "\r\nmaster_replid:stream\r\n";
}

// From the question about slots to the end of the walk, without trouble.
void walk(ScanCourse& course, const OwnSlots& before, const OwnSlots& after,
          const std::string& process_after = "a") {
    REQUIRE_FALSE(course.slots(before));
    course.process(info("a"));
    REQUIRE(course.question().kind == Kind::keys);
    course.keys("0");
    course.slots(after);
    course.process(info(process_after));
}

}  // namespace

TEST_CASE("what a node says of its own slots is understood", "[scan]") {
    const auto own = OwnSlots::parse(
        "1111 10.0.0.1:7000@17000 master - 0 1 1 connected 200-300\n"
        "2222 10.0.0.2:7000@17000,host myself,master - 0 1 2 connected 0-2 7 [93->-1111] "
        "[9-<-1111]\n");

    REQUIRE(own);
    CHECK(slots::to_string(own->owned) == "0-2 7");
    CHECK(slots::to_string(own->open) == "9 93");
    CHECK_FALSE(OwnSlots::parse("-ERR\r\nmyself"));
}

TEST_CASE("a scan is done when each slot was with one node before and after its walk", "[scan]") {
    ScanCourse course;

    walk(course, owning(0, half - 1), owning(0, half - 1));
    CHECK(course.left() == slots::slot_count - half);
    CHECK(course.question().slot == half);
    walk(course, owning(half, slots::slot_count - 1), owning(half, slots::slot_count - 1));

    CHECK(course.question().kind == Kind::none);
}

TEST_CASE("a slot that left during the walk is walked where it is then", "[scan]") {
    ScanCourse course;

    walk(course, owning(0, half - 1), owning(1, half - 1));

    CHECK(course.question().slot == 0);
    CHECK(course.left() == slots::slot_count - half + 1);
}

TEST_CASE("a walk does not count when the process was another in the end", "[scan]") {
    ScanCourse course;

    walk(course, owning(0, half - 1), owning(0, half - 1), "b");

    CHECK(course.left() == slots::slot_count);
}

TEST_CASE("a slot on its way is left for later, and alone it is waited for", "[scan]") {
    ScanCourse course;
    OwnSlots own = owning(0, slots::slot_count - 1);
    own.open.insert(slots::Slot{7});

    walk(course, own, own);
    CHECK(course.left() == 1);
    const auto why = course.slots(own);

    REQUIRE(why);
    CHECK(why->starts_with("TRYAGAIN slot 7"));
    CHECK(course.question().slot == 7);
}

TEST_CASE("a node that cannot be asked any more is walked again from its beginning", "[scan]") {
    ScanCourse course;
    REQUIRE_FALSE(course.slots(owning(0, half - 1)));
    course.process(info("a"));
    course.keys("17");

    course.abandon();

    CHECK(course.question().kind == Kind::slots);
    CHECK(course.left() == slots::slot_count);
}

TEST_CASE("a node without the slot is asked again after a pause", "[scan]") {
    ScanCourse course;

    CHECK(course.slots(owning(half, half))->starts_with("CLUSTERDOWN"));
    CHECK(course.question().slot == 0);
}

namespace {

// A few nodes with keys in a few slots; slots move key by key, nodes fail over and start again, all
// between any two questions.
class World {
public:
    static constexpr std::uint16_t used = 12;  // Slots with keys; the rest never move.
    struct Key {
        std::uint16_t slot;
        unsigned place;  // Decides in which order a process walks.
        bool operator==(const Key&) const = default;
        bool operator<(const Key& other) const {
            return std::pair(place, slot) < std::pair(other.place, other.slot);
        }
    };

    explicit World(std::uint32_t seed) : chance_(seed), nodes_(3) {
        owner_.fill(0);
        for (std::uint16_t slot = 0; slot < used; ++slot) owner_[slot] = below(3);
        for (unsigned place = 1; place <= 120; ++place) {
            const Key key{static_cast<std::uint16_t>(below(used)), place};
            nodes_[owner_[key.slot]].keys.insert(key);
            all.insert(key);
        }
    }

    void something_happens() {
        if (below(3) != 0) return;
        switch (below(10)) {
            case 0:
                return fail_over(nodes_[below(3)]);
            case 1:
            case 2:
                return open(static_cast<std::uint16_t>(below(used)));
            default:
                if (!moves_.empty()) return go_on();
        }
    }
    void come_to_rest() {
        while (!moves_.empty()) go_on();
    }

    OwnSlots slots_of(unsigned node) const {
        OwnSlots own;
        for (std::uint16_t slot = 0; slot < slots::slot_count; ++slot)
            if (owner_[slot] == node) own.owned.insert(slots::Slot{slot});
        for (const auto& [slot, target] : moves_)
            if (owner_[slot] == node || target == node) own.open.insert(slots::Slot{slot});
        return own;
    }
    unsigned owner_of(std::uint16_t slot) const { return owner_[slot]; }
    std::string info_of(unsigned node) const { return info(std::to_string(nodes_[node].process)); }
    // Up to four keys behind `cursor`, in this process's order; the next cursor, 0 at the end.
    unsigned scan(unsigned node, unsigned cursor, std::set<Key>& found) const {
        const Node& one = nodes_[node];
        std::map<unsigned, Key> ordered;  // Another order in each process.
        for (const Key& key : one.keys) ordered.emplace(order(one, key), key);
        unsigned taken = 0;
        for (auto each = ordered.upper_bound(cursor); each != ordered.end(); ++each) {
            found.insert(each->second);
            if (++taken == 4) return each->first;
        }
        return 0;
    }
    unsigned below(unsigned end) { return static_cast<unsigned>(chance_() % end); }

    std::set<Key> all;

private:
    struct Node {
        std::set<Key> keys;
        unsigned process = 1;
    };
    static unsigned order(const Node& node, const Key& key) {
        return 1 + (key.place * (2 * node.process + 1)) % 1021;
    }
    void fail_over(Node& node) { ++node.process; }
    void open(std::uint16_t slot) {
        // One that came lately stays: see ScanCourse on those that leave and come back.
        if (moves_.contains(slot) || moved_.contains(slot)) return;
        const unsigned target = below(3);
        if (target != owner_[slot]) moves_[slot] = target;
    }
    void go_on() {
        const auto move = std::next(moves_.begin(), below(static_cast<unsigned>(moves_.size())));
        const auto [slot, target] = *move;
        Node& source = nodes_[owner_[slot]];
        const auto in_slot = [slot = slot](const Key& key) { return key.slot == slot; };
        const auto key = std::find_if(source.keys.begin(), source.keys.end(), in_slot);
        if (key != source.keys.end()) {
            nodes_[target].keys.insert(*key);
            source.keys.erase(key);
            return;
        }
        owner_[slot] = target;
        moved_.insert(slot);
        moves_.erase(move);
    }

    std::mt19937 chance_;
    std::vector<Node> nodes_;
    std::array<unsigned, slots::slot_count> owner_{};
    std::map<std::uint16_t, unsigned> moves_;
    std::set<std::uint16_t> moved_;
};

// The keys that a scan of the world returns.
std::set<World::Key> scan(World& world) {
    ScanCourse course;
    std::set<World::Key> found;
    unsigned node = 0;
    for (unsigned asked = 0; course.question().kind != Kind::none; ++asked) {
        REQUIRE(asked < 100000);
        if (asked > 500) world.come_to_rest();
        world.something_happens();
        const auto question = course.question();
        if (question.kind == Kind::keys) {
            const unsigned cursor = static_cast<unsigned>(std::stoul(std::string(question.cursor)));
            course.keys(std::to_string(world.scan(node, cursor, found)));
        } else if (question.kind == Kind::process) {
            course.process(world.info_of(node));
        } else {
            // What is asked for a slot may reach the wrong node.
            if (question.slot)
                node = world.below(8) == 0 ? world.below(3) : world.owner_of(*question.slot);
            course.slots(world.slots_of(node));
        }
        if (world.below(50) == 0) course.abandon();
    }
    return found;
}

}  // namespace

TEST_CASE("no key is missed whatever moves, fails over and starts again", "[scan]") {
    const std::uint32_t first = std::random_device()();
    for (std::uint32_t seed = first; seed != first + 40; ++seed) {
        CAPTURE(seed);
        World world(seed);

        CHECK(scan(world) == world.all);
    }
}
