#include "tests/fuzz/rules.h"

#include <algorithm>

#include "gossip/codec.h"
#include "slots/check.h"

namespace grapevine::fuzz {

using namespace gossip;

namespace {

const SavedMember* find(const State& state, const NodeId& id) {
    const auto found = std::find_if(state.members.begin(), state.members.end(),
                                    [&](const SavedMember& member) { return member.id == id; });
    return found == state.members.end() ? nullptr : &*found;
}

const MemberStatus& self_of(const Status& status) {
    return *std::find_if(status.members.begin(), status.members.end(),
                         [&](const MemberStatus& member) { return member.id == status.self; });
}

}  // namespace

void Rules::opened(LinkId link) {
    GRAPEVINE_CHECK(last_link_ < link, "a link's number is used once");
    last_link_ = link;
    links_[link] = false;
}

void Rules::forget_links() {
    links_.clear();
    last_link_ = {};
}

void Rules::written(const std::string& text) {
    auto state = parse_state(text);
    GRAPEVINE_CHECK(state, "what is saved can be read");
    disk_ = *std::move(state);
}

void Rules::confirmed(Generation generation) {
    const auto found = unconfirmed_.find(generation);
    if (found == unconfirmed_.end()) return;  // Told before.
    confirmed_ = found->second;
    unconfirmed_.erase(unconfirmed_.begin(), std::next(found));
}

void Rules::restarted(const State& state) {
    unconfirmed_.clear();
    last_generation_ = 0;
    confirmed_ = disk_ = state;
    writes_paused_ = false;
    GRAPEVINE_CHECK(state.current_epoch >= said_.current_epoch, "no epoch is taken back");
    GRAPEVINE_CHECK(said_.votes.empty() || state.last_vote_epoch >= *said_.votes.rbegin(),
                    "no vote is forgotten");
    current_epoch_ = state.current_epoch;
    config_epoch_ = find(state, state.self)->config_epoch;
    vote_epoch_ = state.last_vote_epoch;
    GRAPEVINE_CHECK(config_epoch_ >= said_.config_epoch, "no claim is forgotten");
}

void Rules::became_nobody() {
    said_ = {};
    current_epoch_ = config_epoch_ = vote_epoch_ = 0;
}

void Rules::check(const Effects& effects, const Gossip& node, Instant now) {
    const Status status = node.status(now);
    check_table(status);
    check_epochs(status);
    if (effects.save) check_save(*effects.save, status);
    check_links(effects, status);
    for (const Send& sent : effects.send) check_sent(sent);
    check_writes(effects);
    if (!map_ || map_->map() != node.topology()) map_.emplace(node.topology());
    if (unconfirmed_.empty()) map_->check_agreement(status);
}

void Rules::check_save(const Save& save, const Status& status) {
    GRAPEVINE_CHECK(save.generation > last_generation_, "generations count up");
    last_generation_ = save.generation;
    auto state = parse_state(save.text);
    GRAPEVINE_CHECK(state, "what a core saves can be read");
    GRAPEVINE_CHECK(to_text(*state) == save.text, "and says the same");
    GRAPEVINE_CHECK(state->self == status.self && state->current_epoch == status.current_epoch &&
                        state->last_vote_epoch == status.last_vote_epoch,
                    "what is saved is what the node is");
    unconfirmed_[save.generation] = *std::move(state);
}

void Rules::check_links(const Effects& effects, const Status& status) {
    for (const LinkId link : effects.close) {
        GRAPEVINE_CHECK(links_.erase(link) == 1, "only what is open is closed");
    }
    for (const Connect& call : effects.connect) {
        GRAPEVINE_CHECK(last_link_ < call.link, "a link's number is used once");
        GRAPEVINE_CHECK(!call.host.empty(), "somebody is called at an address");
        last_link_ = call.link;
        links_[call.link] = true;
    }
    const auto made =
        std::count_if(links_.begin(), links_.end(), [](auto& link) { return link.second; });
    GRAPEVINE_CHECK(static_cast<std::size_t>(made) < status.members.size(),
                    "there is one link to each member at most");
}

void Rules::check_sent(const Send& sent) {
    const auto read = decode(encode(sent.message));
    GRAPEVINE_CHECK(read && *read == sent.message, "what a core says can be read");
    const Header& header = sent.message.header;
    check_claim(header);
    if (std::holds_alternative<Vote>(sent.message.body)) check_vote(header.current_epoch);
    said_.current_epoch = std::max(said_.current_epoch, header.current_epoch);
    if (header.primary.none())
        said_.config_epoch = std::max(said_.config_epoch, header.config_epoch);
}

// Nothing is claimed beyond what the core knows to be saved.
void Rules::check_claim(const Header& header) {
    const bool claims =
        header.current_epoch > 0 || header.config_epoch > 0 || !header.slots.empty();
    if (!claims) return;
    GRAPEVINE_CHECK(confirmed_ && confirmed_->self == header.sender,
                    "a name that claims something was saved");
    GRAPEVINE_CHECK(header.current_epoch <= confirmed_->current_epoch, "an epoch was saved");
    const SavedMember* self = find(*confirmed_, header.sender);
    if (!header.primary.none() || self->role != slots::Role::primary) return;
    GRAPEVINE_CHECK(header.config_epoch <= self->config_epoch, "a config epoch was saved");
    header.slots.for_each([&](slots::Slot slot) {
        GRAPEVINE_CHECK(self->slots.contains(slot), "a slot that is claimed was saved");
    });
}

void Rules::check_vote(std::uint64_t epoch) {
    GRAPEVINE_CHECK(said_.votes.insert(epoch).second, "there is one vote in an epoch");
    GRAPEVINE_CHECK(disk_ && disk_->last_vote_epoch >= epoch, "a vote was saved");
}

void Rules::check_epochs(const Status& status) {
    const std::uint64_t config_epoch = self_of(status).config_epoch;
    GRAPEVINE_CHECK(status.current_epoch >= current_epoch_, "the epoch does not step back");
    GRAPEVINE_CHECK(status.last_vote_epoch >= vote_epoch_, "votes do not step back");
    GRAPEVINE_CHECK(config_epoch >= config_epoch_, "the config epoch does not step back");
    current_epoch_ = status.current_epoch;
    vote_epoch_ = status.last_vote_epoch;
    config_epoch_ = config_epoch;
}

void Rules::check_writes(const Effects& effects) {
    for (const Announcement& one : effects.announce) {
        const bool pauses = std::holds_alternative<WritesPaused>(one);
        if (!pauses && !std::holds_alternative<WritesResumed>(one)) continue;
        GRAPEVINE_CHECK(pauses != writes_paused_, "writes are paused and resumed in turn");
        writes_paused_ = pauses;
    }
}

}  // namespace grapevine::fuzz
