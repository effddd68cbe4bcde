// A client's link: requests are put on it, given up and answered in any order and in any pieces, by
// a server that is honest or says whatever it likes; and whoever is told something may use the link
// inside.
//
// - Every request ends once, unless it was given up: then never.
// - An honest server's answers reach whoever asked for them.
// - A lost request is said to have been sent when bytes of it were written, and only then.
// - Only whole requests are written.
// - A server that could not be reached is left alone for a while.
// - What is counted as on its way is on its way.
#include <array>
#include <chrono>
#include <set>
#include <string>

#include "client/link/link.h"
#include "slots/check.h"
#include "tests/client/link/peer.h"
#include "tests/fuzz/input.h"

using grapevine::fuzz::Input;
using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_steps = 2000;

// Made anew for each time that it is sent; nobody is told anything by itself.
struct Flight final : Operation {
    explicit Flight(std::string what) : Operation(request_of(what)), word(std::move(what)) {}
    void succeeded(const Reply&) override {}
    void failed(Error&&) override {}

    static Request request_of(const std::string& word) {
        Request request("ECHO", 1);
        request.add(word);
        return request;
    }
    std::string word;
    bool waits = false;  // For the link to tell its end.
};

class Run final : LinkEvents {
public:
    explicit Run(Input input)
        : in_(input),
          link_(peer_, static_cast<LinkEvents&>(*this),
                Target{.host = "a", .greeting = Request("HELLO", 0), .meter = &meter_}) {}

    void all() {
        for (std::size_t steps = 0; !in_.empty() && steps < most_steps; ++steps) {
            step();
            GRAPEVINE_CHECK(!peer_.early, "a server that was not reached is left alone");
        }
        link_.drop("the end");
        for (const auto& flight : flights_)
            GRAPEVINE_CHECK(!flight || !flight->waits, "every request ends");
    }

private:
    void step() {
        peer_.time += std::chrono::milliseconds(in_.byte() / 8);
        switch (in_.below(12)) {
            case 0:
            case 1:
            case 2:
                return send();
            case 3:
            case 4:
                return flush();
            case 5:
                return forget();
            case 6:
                if (in_.below(8) == 0) link_.drop("no more");
                return;
            case 7:
                if (peer_.has_wire() && !accepted_) accept();
                return;
            case 8:
                return answer(1 + in_.below(8));
            case 9:
                if (accepted_) hear(std::exchange(answers_, {}));
                return;
            case 10:
                return trouble();
            default:
                if (accepted_ && peer_.clogged()) peer_.drain();
        }
    }

    // Places are few, so that the same one is used again and again.
    void send() {
        auto& place = flights_[in_.below(flights_.size())];
        if (place && place->waits) return;
        place = std::make_unique<Flight>("w" + std::to_string(++words_));
        if (in_.below(8) == 0) {
            place->request.begin("ECHO", 1);
            place->request.add(place->word);
        }
        place->trip.asking = in_.below(8) == 0;
        place->waits = true;
        link_.send(*place);
    }
    void flush() {
        if (!has_output_) return;
        has_output_ = false;
        link_.flush();
    }
    void forget() {
        auto& flight = flights_[in_.below(flights_.size())];
        if (!flight || !flight->waits || flight->link == nullptr) return;
        flight->waits = false;
        link_.forget(*flight);
    }
    void accept() {
        accepted_ = true;
        peer_.accept();
    }
    // An honest server's, to the next requests that it has; they arrive later.
    void answer(std::size_t most) {
        read_requests();
        for (; most > 0 && next_ < asked_.size(); --most, ++next_)
            answers_ +=
                "$" + std::to_string(asked_[next_].size()) + "\r\n" + asked_[next_] + "\r\n";
    }
    // In one piece or in two.
    void hear(const std::string& bytes) {
        if (bytes.empty()) return;
        const std::size_t cut = in_.byte() % bytes.size();
        const std::size_t connection = peer_.connections;
        if (cut > 0) peer_.say(bytes.substr(0, cut));
        if (accepted_ && connection == peer_.connections) peer_.say(bytes.substr(cut));
    }
    void trouble() {
        if (!peer_.has_wire()) return;
        switch (in_.below(6)) {
            case 0:
                return peer_.end("reset");
            case 1:
                if (link_.connecting()) link_.give_up_connecting(1ms);
                return;
            case 2:
                if (accepted_) peer_.clog();
                return;
            case 3:
                if (accepted_) hear(">1\r\n+news\r\n");
                return;
            case 4:
                if (!accepted_) return;
                honest_ = false;
                return hear(in_.coin() ? "-ERR no\r\n" : "+x\r\n");
            default:
                if (!accepted_) return;
                honest_ = false;
                return hear(in_.text(in_.byte()));
        }
    }

    void read_requests() {
        for (const auto& words : peer_.requests()) asked_.push_back(words.back());
        GRAPEVINE_CHECK(!peer_.broken, "whole requests are written");
    }
    void end(Operation& operation) {
        auto& flight = static_cast<Flight&>(operation);
        GRAPEVINE_CHECK(flight.waits, "a request ends once");
        GRAPEVINE_CHECK(flight.link == nullptr, "what has ended is on no link");
        flight.waits = false;
    }
    // What whoever is told does to the link; nothing when the input is used up.
    void meddle() {
        switch (in_.below(12)) {
            case 1:
                return send();
            case 2:
                return forget();
            case 3:
                return link_.drop("enough");
            default:
                return;
        }
    }

    void answered(Link&, Operation& operation, const Reply& reply) override {
        end(operation);
        const auto& word = static_cast<Flight&>(operation).word;
        GRAPEVINE_CHECK(!honest_ || reply.text() == word, "an answer reaches whoever asked");
        meddle();
    }
    void refused(Link&, Operation& operation, std::string_view) override {
        GRAPEVINE_CHECK(!honest_, "an honest server refuses nothing here");
        end(operation);
        meddle();
    }
    void lost(Link&, Operation& operation, bool sent, const std::string& reason) override {
        end(operation);
        GRAPEVINE_CHECK(!reason.empty(), "a loss has a reason");
        const bool written = written_.contains(static_cast<Flight&>(operation).word);
        GRAPEVINE_CHECK(sent == written, "it is known whether it was sent");
        meddle();
    }
    bool pushed(Link&, const Reply&) override {
        const bool is_reply = in_.below(4) == 1;
        honest_ = honest_ && !is_reply;
        meddle();
        return is_reply;
    }
    void measured(Link&, Duration took) override {
        GRAPEVINE_CHECK(took >= Duration::zero(), "time does not go back");
    }
    void opened(Link&) override { meddle(); }
    void closed(Link&, bool was_open, const std::string& reason) override {
        GRAPEVINE_CHECK(!reason.empty(), "an end has a reason");
        GRAPEVINE_CHECK(meter_.in_flight.value() == 0, "nothing is on its way");
        read_requests();
        written_.insert(asked_.begin(), asked_.end());
        asked_.clear();
        answers_.clear();
        next_ = 0;
        accepted_ = false;
        honest_ = true;
        if (!was_open) peer_.not_before = peer_.time + 10ms;
        meddle();
    }
    void has_output(Link&) override { has_output_ = true; }

    Input in_;
    Peer peer_;
    Meter meter_;
    std::array<std::unique_ptr<Flight>, 6> flights_;
    Link link_;
    std::uint64_t words_ = 0;
    std::vector<std::string> asked_;  // On this connection: the last word of each request,
    std::size_t next_ = 0;            // and which of them is to be answered next.
    std::string answers_;             // On their way.
    std::set<std::string> written_;   // On connections that have ended.
    bool accepted_ = false;
    bool honest_ = true;
    bool has_output_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Run(Input(data, size)).all();
    return 0;
}
