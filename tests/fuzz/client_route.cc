// A client's router, among servers that say whatever they like in whatever order: several requests
// are on their way, and each of them meets redirections, refusals, losses and maps.
//
// - A request is always sent to a node that is known, and never at once for ever.
// - What may have run is never said not to have; what may not be done twice is not sent twice.
// - What is to be tried again is so after a pause that is not zero and not long.
// - One question for the map is on its way at a time.
#include <array>
#include <chrono>
#include <string>

#include "client/resp/scanner.h"
#include "client/route/router.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::client;
using namespace grapevine::client::route;
using namespace std::chrono_literals;

namespace {

constexpr Duration longest_pause = 64ms;
constexpr std::size_t most_steps = 2000;

// One of a request's life.
struct Flight {
    Facts facts;
    Trip trip;
    NodeIndex node = no_node;  // That it was sent to last.
    unsigned at_once = 0;      // Sent so often without a pause.
    bool lost_once = false;    // With its bytes on the way.
    bool on_its_way = false;
};

class Run {
public:
    explicit Run(fuzz::Input input) : in_(input) {}

    void all() {
        for (std::size_t steps = 0; !in_.empty() && steps < most_steps; ++steps) step();
    }

private:
    void step() {
        now_ += std::chrono::milliseconds(in_.byte());
        switch (in_.below(10)) {
            case 0:
                return begin(flight());
            case 1:
            case 2:
                return refuse(flight());
            case 3:
                return lose(flight());
            case 4:
                return serve(flight());
            case 5:
                return ask();
            case 6:
                return learn();
            case 7:
                return hear_of_links();
            default:
                return measure();
        }
    }

    Flight& flight() { return flights_[in_.below(flights_.size())]; }
    NodeIndex node() { return static_cast<NodeIndex>(in_.byte() % router_.directory().size()); }

    void begin(Flight& flight) {
        flight = {};
        flight.facts.slot = in_.coin() ? any_slot : slot();
        flight.facts.traits = static_cast<Trait>(in_.below(4));
        flight.facts.from = static_cast<ReadFrom>(in_.below(5));
        flight.facts.transaction = in_.coin();
        flight.facts.asks_node = in_.coin();
        flight.trip.pinned = in_.below(8) == 0;
        if (flight.trip.pinned) flight.trip.node = node();
        flight.trip.started = now_;
        send(flight);
    }
    void send(Flight& flight) {
        flight.node = router_.route(flight.facts, flight.trip);
        GRAPEVINE_CHECK(flight.node < router_.directory().size(), "a node that is known is asked");
        GRAPEVINE_CHECK(!flight.trip.pinned || flight.node == flight.trip.node,
                        "what is for one node goes to no other");
        GRAPEVINE_CHECK(++flight.at_once <= 8, "nobody is sent in a circle without a pause");
        flight.on_its_way = true;
    }

    void refuse(Flight& flight) {
        if (!flight.on_its_way) return;
        const std::string error = error_text();
        decide(flight, router_.refused(flight.facts, flight.trip, flight.node, error, now_));
    }
    void lose(Flight& flight) {
        if (!flight.on_its_way) return;
        const bool sent = in_.coin();
        flight.lost_once |= sent;
        const std::string reason = in_.coin() ? error_text() : "connection reset";
        const auto verdict =
            router_.lost(flight.facts, flight.trip, flight.node, sent, reason, now_);
        GRAPEVINE_CHECK(verdict.kind == Verdict::Kind::fail || !sent || flight.facts.repeatable(),
                        "what may not be done twice is not sent twice");
        decide(flight, verdict);
    }
    void decide(Flight& flight, const Verdict& verdict) {
        flight.on_its_way = false;
        switch (verdict.kind) {
            case Verdict::Kind::send:
                return send(flight);
            case Verdict::Kind::later:
                GRAPEVINE_CHECK(verdict.at > now_, "what comes later comes after a pause");
                GRAPEVINE_CHECK(verdict.at <= now_ + longest_pause, "no pause is long");
                flight.at_once = 0;
                return send(flight);
            case Verdict::Kind::fail:
                GRAPEVINE_CHECK(!verdict.text.empty() || empty_error_, "an error has a text");
                GRAPEVINE_CHECK(!flight.lost_once || verdict.effect == Effect::unknown,
                                "what may have run is not said not to have");
        }
    }
    void serve(Flight& flight) {
        if (flight.on_its_way) router_.served(flight.facts, flight.trip, flight.node);
        flight.on_its_way = false;
    }

    void ask() {
        const auto asked = router_.question(now_);
        GRAPEVINE_CHECK(!asked || !asking_, "one question at a time");
        GRAPEVINE_CHECK(!asked || *asked < router_.directory().size(), "a known node is asked");
        asking_ |= asked.has_value();
    }
    void learn() {
        if (!asking_) return;
        asking_ = false;
        const std::string text = map_text();
        resp::ReplyScanner scanner;
        const auto size = scanner.scan(text);
        if (!size || *size == 0) return router_.not_learned(now_);
        auto map = SlotMap::parse(Reply(text), node(), router_.directory());
        if (!map) return router_.not_learned(now_);
        router_.learned(std::move(*map), now_);
        GRAPEVINE_CHECK(!router_.learned(SlotMap(router_.map()), now_), "the same map is no news");
    }
    void hear_of_links() {
        switch (const NodeIndex which = node(); in_.below(5)) {
            case 0:
                return router_.up(which);
            case 1:
                return router_.down(which, now_ + std::chrono::milliseconds(in_.byte()));
            case 2:
                return router_.silent(which);
            case 3:
                return router_.heard(which);
            default:
                return router_.avoid(which, now_ + 1s);
        }
    }
    void measure() {
        if (in_.coin()) return router_.measured(node(), std::chrono::microseconds(in_.byte()));
        router_.set_most_lag(in_.byte());
        const bool none = in_.coin();
        router_.offset(node(), none ? std::nullopt : std::optional(in_.number<std::int64_t>()),
                       now_);
    }

    std::uint16_t slot() { return in_.number<std::uint16_t>() % slots::slot_count; }
    std::string host() { return std::string(1, static_cast<char>('a' + in_.below(6))); }
    std::string error_text() {
        static constexpr std::array codes = {"TRYAGAIN x", "CLUSTERDOWN x", "LOADING x",
                                             "READONLY",   "WRONGTYPE",     "NOAUTH x",
                                             "ERR x",      "MASTERDOWN"};
        empty_error_ = false;
        const std::size_t choice = in_.below(codes.size() + 5);
        if (choice < codes.size()) return codes[choice];
        if (choice < codes.size() + 4)
            return std::string(choice % 2 == 0 ? "MOVED " : "ASK ") + std::to_string(slot()) + ' ' +
                   (in_.below(5) == 0 ? "" : host()) + ":1";
        std::string text = in_.text(in_.below(40));
        empty_error_ = text.empty();
        return text;
    }
    std::string map_text() {
        if (in_.below(4) == 0) return in_.text(in_.byte());
        const std::size_t shards = in_.below(5);
        std::string text = "*" + std::to_string(shards) + "\r\n";
        for (std::size_t i = 0; i < shards; ++i) {
            const std::size_t nodes = 1 + in_.below(4);
            const auto first = slot(), last = slot();
            text += "*" + std::to_string(2 + nodes) + "\r\n:" + std::to_string(first) +
                    "\r\n:" + std::to_string(last) + "\r\n";
            for (std::size_t j = 0; j < nodes; ++j) text += "*2\r\n+" + host() + "\r\n:1\r\n";
        }
        return text;
    }

    fuzz::Input in_;
    Instant now_ = Instant(100s);
    Router router_{{{.host = "a", .port = 1}}, 7};
    std::array<Flight, 4> flights_;
    bool asking_ = false;
    bool empty_error_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Run(fuzz::Input(data, size)).all();
    return 0;
}
