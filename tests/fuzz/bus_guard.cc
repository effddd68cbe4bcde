// A link of a bus with a key, on which somebody without the key sits between two ends that have it:
// he hears all, and sends on, changes, repeats, holds back and makes up what he likes.
//
// - An end believes a message only if the other end has said it, in the order in which it was said.
// - Nobody comes to believe anything on a link whose ends do not both have the key.
#include <optional>
#include <vector>

#include "gossip/bytes.h"
#include "gossip/codec.h"
#include "gossip/layout.h"
#include "node/bus/guard.h"
#include "slots/check.h"
#include "tests/fuzz/input.h"

using namespace grapevine;
using namespace grapevine::node::bus;

namespace {

// One end, and what it has said and heard so far.
struct End {
    End(Trust trusted, Guard::Side side, std::uint8_t nonce)
        : trust(std::move(trusted)), guard(trust, side, "10.0.0.1", make_nonce(nonce)) {}

    static Nonce make_nonce(std::uint8_t byte) {
        Nonce nonce;
        nonce.fill(byte);
        return nonce;
    }

    Trust trust;
    Guard guard;
    std::vector<Frame> messages;  // Sealed, in order.
    std::size_t believed = 0;     // How many of the other end's.
    bool ended = false;
};

class Link {
public:
    explicit Link(fuzz::Input& input) : input_(input) {}

    void play() {
        if (auto hello = caller_.guard.greeting()) overheard_.push_back(*std::move(hello));
        for (int steps = 0; steps < 64 && !input_.empty(); ++steps) step();
    }

private:
    void step() {
        const bool to_called = input_.coin();
        End& from = to_called ? caller_ : called_;
        End& to = to_called ? called_ : caller_;
        switch (input_.below(4)) {
            case 0:
                return say(from);
            case 1:
                return deliver(to, from, made_up());
            case 2:
                return deliver(to, from, changed(overheard()));
            default:
                return deliver(to, from, overheard());
        }
    }

    void say(End& end) {
        gossip::Header header;
        header.sender = *slots::NodeId::parse(std::string(40, 'a'));
        header.offset = ++messages_;
        auto sealed = end.guard.sealed(gossip::encode({header, gossip::Fail{header.sender}}));
        if (!sealed) return;
        end.messages.push_back(*sealed);
        overheard_.push_back(*std::move(sealed));
    }

    void deliver(End& to, const End& from, const Frame& frame) {
        if (to.ended) return;
        auto heard = to.guard.hear(frame);
        to.ended = !heard;
        if (!heard) return;
        if (heard->is_message) {
            GRAPEVINE_CHECK(
                to.believed < from.messages.size() && frame == from.messages[to.believed],
                "what is believed was said by the other end, next");
            ++to.believed;
        }
        for (Frame& answer : heard->answers) overheard_.push_back(std::move(answer));
    }

    Frame overheard() {
        if (overheard_.empty()) return made_up();
        return overheard_[input_.below(256) % overheard_.size()];
    }
    Frame changed(Frame frame) {
        // The seal's bytes, mostly; all others are as good as each other.
        const std::size_t at = input_.coin() ? gossip::layout::mark_at + input_.below(30)
                                             : input_.number<std::uint16_t>() % frame.size();
        frame[at] = input_.byte();
        return frame;
    }
    Frame made_up() {
        Frame frame(gossip::header_size + input_.below(80));
        gossip::write_number(std::span(frame), 0, gossip::layout::signature);
        gossip::write_number(std::span(frame), gossip::layout::length_at,
                             static_cast<std::uint32_t>(frame.size()));
        for (const std::size_t at : {gossip::layout::type_at, gossip::layout::mark_at}) {
            const auto bytes = input_.take(30);
            std::copy(bytes.begin(), bytes.end(), frame.begin() + static_cast<std::ptrdiff_t>(at));
        }
        return frame;
    }

    fuzz::Input& input_;
    End caller_{{Key("the key of the cluster"), {}, {}}, Guard::Side::caller, 1};
    End called_{
        {Key("the key of the cluster"), Key("the one before it"), {}}, Guard::Side::called, 2};
    std::vector<Frame> overheard_;
    std::uint64_t messages_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    Link(input).play();
    return 0;
}
