#include "tests/gossip/village.h"

#include <algorithm>
#include <utility>

#include "slots/check.h"

namespace grapevine::gossip::testing {

std::size_t Village::add(Settings settings) {
    auto house = std::make_unique<House>();
    house->number = house->host_number = houses_.size();
    settings.announce = {"", static_cast<std::uint16_t>(7000 + house->number),
                         static_cast<std::uint16_t>(17000 + house->number)};
    house->settings = settings;
    houses_.push_back(std::move(house));
    const State state = State::fresh(random_.next());
    ids_.push_back(state.self);
    boot(houses_.size() - 1, state, false);
    return houses_.size() - 1;
}

void Village::boot(std::size_t number, const State& state, bool restarted) {
    House& house = *houses_[number];
    house.gossip = std::make_unique<Gossip>(house.settings, state, restarted, random_.next(), now_);
    house.heard.clear();
    house.writes_held = false;
    house.written = 0;
    house.stopped = false;
    house.inbox.clear();
    tick(number, house.gossip.get());
}

void Village::tick(std::size_t number, const Gossip* process) {
    House& house = *houses_[number];
    if (house.gossip.get() != process) return;
    if (!house.stopped) {
        tell_acknowledgements(number);
        replicate(number);
        carry_out(number, house.gossip->tick(now_));
    }
    at(now_ + house.settings.timing.tick, [=, this] { tick(number, process); });
}

void Village::found(std::size_t primaries, std::size_t replicas, Settings settings) {
    gather(primaries, replicas, settings);
    run(Duration{5'000});
}

void Village::gather(std::size_t primaries, std::size_t replicas, const Settings& settings) {
    const std::size_t all = primaries * (1 + replicas);
    for (std::size_t i = 0; i < all; ++i) add(settings);
    run(Duration{10});
    for (std::size_t i = 0; i < primaries; ++i) {
        SlotSet slots;
        slots.insert({{static_cast<std::uint16_t>(slots::slot_count * i / primaries)},
                      {static_cast<std::uint16_t>(slots::slot_count * (i + 1) / primaries - 1)}});
        GRAPEVINE_CHECK(obey(i, SetConfigEpoch{static_cast<std::int64_t>(i + 1)}), "epoch");
        GRAPEVINE_CHECK(obey(i, AddSlots{slots}), "slots");
    }
    for (std::size_t i = 1; i < all; ++i) {
        const auto port = static_cast<std::uint16_t>(7000 + i);
        const auto bus = static_cast<std::uint16_t>(17000 + i);
        GRAPEVINE_CHECK(obey(0, Meet{house(i).host(), port, bus}), "meet");
    }
    const auto all_known = [&] {
        for (std::size_t i = 0; i < all; ++i) {
            const Status seen = status(i);
            if (seen.members.size() != all || seen.slots_assigned != slots::slot_count)
                return false;
        }
        return true;
    };
    GRAPEVINE_CHECK(run_until(all_known, Duration{10'000}), "all get to know all");
    for (std::size_t i = primaries; i < all; ++i) {
        GRAPEVINE_CHECK(obey(i, Replicate{id((i - primaries) % primaries)}), "replicate");
    }
    const auto settled = [&] {
        for (std::size_t i = 0; i < all; ++i) {
            for (std::size_t j = primaries; j < all; ++j) {
                if (member(i, j).primary != id((j - primaries) % primaries)) return false;
            }
            if (!status(i).serving || status(i).fenced) return false;
        }
        return true;
    };
    GRAPEVINE_CHECK(run_until(settled, Duration{10'000}), "replicas are known and all serve");
}

void Village::configure(std::size_t number, const Settings& settings) {
    House& changed = house(number);
    const auto announce = changed.settings.announce;
    changed.settings = settings;
    changed.settings.announce = announce;
    carry_out(number, node(number).configure(changed.settings, now_));
}

void Village::at(Instant when, std::function<void()> what) {
    queue_.emplace(std::pair{when, ++sequence_}, std::move(what));
}

void Village::run(Duration duration) {
    run_until([] { return false; }, duration);
}

bool Village::run_until(const std::function<bool()>& condition, Duration limit) {
    const Instant end = now_ + limit;
    while (!condition()) {
        if (queue_.empty() || queue_.begin()->first.first > end) {
            now_ = end;
            return condition();
        }
        auto next = queue_.extract(queue_.begin());
        now_ = next.key().first;
        next.mapped()();
        if (after_each) after_each();
    }
    return true;
}

MemberStatus Village::member(std::size_t observer, std::size_t about) {
    for (const MemberStatus& member : status(observer).members) {
        if (member.id == id(about)) return member;
    }
    return {};
}

bool Village::sees(std::size_t observer, std::size_t about, NodeFlag flag) {
    return (member(observer, about).flags & flag) != 0;
}

std::optional<std::size_t> Village::owner(std::size_t observer, std::uint16_t slot) {
    const auto map = node(observer).topology();
    if (map->owner[slot] == slots::no_node) return {};
    const auto found = std::find(ids_.begin(), ids_.end(), map->nodes[map->owner[slot]].id);
    if (found == ids_.end()) return {};
    return static_cast<std::size_t>(found - ids_.begin());
}

bool Village::accepts(std::size_t number, std::uint16_t slot) {
    const auto map = node(number).topology();
    return map->serving && !map->fenced && map->owner[slot] == map->self;
}

Result<std::string> Village::obey(std::size_t number, const Order& order) {
    Obeyed obeyed = node(number).obey(order, now_);
    ids_[number] = node(number).self();
    carry_out(number, std::move(obeyed.effects));
    return std::move(obeyed.reply);
}

void Village::set_offset(std::size_t number, std::uint64_t offset) {
    house(number).offset = offset;
    replicate(number);
}

void Village::replicate(std::size_t number) {
    House& house = *houses_[number];
    const std::uint64_t offset = std::max<std::uint64_t>(house.offset, 1);
    carry_out(number,
              house.gossip->replication({.offset = offset,
                                         .writes_held = house.writes_held,
                                         .follow = house.follow,
                                         .link_up = house.in_step && !house.silent_since,
                                         .in_step = house.in_step,
                                         .data_age = now_ - house.silent_since.value_or(now_),
                                         .primary_has_less = house.primary_has_less},
                                        now_));
}

void Village::kill(std::size_t number) {
    houses_[number]->gossip.reset();
    houses_[number]->unsaved.reset();
    std::vector<std::shared_ptr<Connection>> own;
    for (const auto& [key, connection] : connections_) {
        if (key.first == number) own.push_back(connection);
    }
    for (const auto& connection : own) end(connection, number);
}

void Village::vanish(std::size_t number) {
    houses_[number]->gossip.reset();
    houses_[number]->unsaved.reset();
    std::erase_if(connections_, [number](const auto& entry) {
        if (entry.first.first == number) entry.second->open = false;
        return entry.first.first == number;
    });
}

std::size_t Village::clone(std::size_t number, bool on_same_host) {
    const std::size_t copy = houses_.size();
    houses_.push_back(std::make_unique<House>());
    House& house = *houses_[copy];
    house.number = house.host_number = copy;
    if (on_same_host) house.host_number = number;
    house.settings = houses_[number]->settings;
    house.settings.announce.port = static_cast<std::uint16_t>(7000 + copy);
    house.settings.announce.bus_port = static_cast<std::uint16_t>(17000 + copy);
    house.disk = houses_[number]->disk;
    house.offset = houses_[number]->offset;
    ids_.push_back(ids_[number]);
    restart(copy);
    return copy;
}

void Village::restart(std::size_t number) {
    auto state = parse_state(houses_[number]->disk);
    GRAPEVINE_CHECK(state, "what was saved can be read");
    boot(number, *state, true);
}

void Village::stop(std::size_t number) {
    houses_[number]->stopped = true;
}

void Village::resume(std::size_t number) {
    House& house = *houses_[number];
    house.stopped = false;
    auto waiting = std::exchange(house.inbox, {});
    for (auto& one : waiting) one();
}

void Village::mend_disk(std::size_t number) {
    House& house = *houses_[number];
    house.disk_works = true;
    if (house.unsaved) save(number, *std::exchange(house.unsaved, {}));
}

void Village::cut(const std::set<std::size_t>& side) {
    for (std::size_t a = 0; a < size(); ++a) {
        for (std::size_t b = 0; b < size(); ++b) {
            if (side.contains(a) != side.contains(b)) cut_.insert({a, b});
        }
    }
}

void Village::cut_pair(std::size_t a, std::size_t b) {
    cut_.insert({a, b});
    cut_.insert({b, a});
}

bool Village::is_cut(std::size_t a, std::size_t b) const {
    return cut_.contains({a, b});
}

void Village::reset_links(std::size_t a, std::size_t b) {
    std::vector<std::shared_ptr<Connection>> between;
    for (const auto& [key, connection] : connections_) {
        const std::size_t client = connection->client.house;
        const std::size_t server = connection->server.house;
        if ((client == a && server == b) || (client == b && server == a))
            between.push_back(connection);
    }
    for (const auto& connection : between) end(connection, size());
}

std::size_t Village::count(std::size_t number, Event::Kind kind) {
    return static_cast<std::size_t>(
        std::count_if(house(number).heard.begin(), house(number).heard.end(), [&](const auto& one) {
            const auto* event = std::get_if<Event>(&one);
            return event != nullptr && event->kind == kind;
        }));
}

// A stopped process takes it when it goes on; a dead one never.
void Village::tell(std::size_t number, std::function<Effects(Gossip&)> what) {
    House& house = *houses_[number];
    const Gossip* process = house.gossip.get();
    if (process == nullptr) return;
    auto deliver = [this, number, process, what = std::move(what)] {
        Gossip* gossip = houses_[number]->gossip.get();
        if (gossip == process) carry_out(number, what(*gossip));
    };
    if (house.stopped) return house.inbox.push_back(std::move(deliver));
    deliver();
}

void Village::carry_out(std::size_t number, Effects effects) {
    if (effects.save) save(number, *effects.save);
    for (const LinkId link : effects.close) {
        const auto found = connections_.find({number, link});
        if (found != connections_.end()) end(std::shared_ptr(found->second), number);
    }
    for (const Connect& request : effects.connect) connect(number, request);
    for (const Send& message : effects.send) send(number, message);
    for (const Announcement& one : effects.announce) announce(number, one);
}

// What its kernel knows of the links that it has made.
void Village::tell_acknowledgements(std::size_t number) {
    const Duration patience = houses_[number]->settings.timing.unacknowledged;
    std::vector<std::pair<LinkId, LinkEvent>> news;
    for (const auto& [key, connection] : connections_) {
        const auto& [client, server] = std::pair{connection->client, connection->server};
        if (client.house != number || client.link != key.second) continue;
        if (!is_cut(number, server.house) && !is_cut(server.house, number)) {
            connection->unacknowledged_since.reset();
        }
        const auto since = connection->unacknowledged_since;
        const bool waits = since && now_ - *since >= patience;
        if (waits == std::exchange(connection->told, waits)) continue;
        news.emplace_back(client.link, waits ? LinkEvent::unacknowledged : LinkEvent::acknowledged);
    }
    for (const auto& [link, event] : news) {
        tell(number, [=, this, link = link, event = event](Gossip& gossip) {
            return gossip.link_event(link, event, now_);
        });
    }
}

void Village::save(std::size_t number, const Save& save) {
    House& house = *houses_[number];
    if (!house.disk_works) {
        house.unsaved = save;
        return;
    }
    const Gossip* process = house.gossip.get();
    at(now_ + delay(), [this, number, process, save] {
        if (houses_[number]->gossip.get() != process) return;
        if (save.generation > houses_[number]->written) houses_[number]->disk = save.text;
        houses_[number]->written = std::max(houses_[number]->written, save.generation);
        tell(number, [this, save](Gossip& gossip) { return gossip.saved(save.generation, now_); });
    });
}

void Village::connect(std::size_t number, const Connect& request) {
    const Gossip* process = houses_[number]->gossip.get();
    const auto server = std::find_if(houses_.begin(), houses_.end(), [&](const auto& house) {
        return house->host() == request.host && house->settings.announce.bus_port == request.port;
    });
    const auto report = [this, number, process, link = request.link](LinkEvent event) {
        if (houses_[number]->gossip.get() != process) return;
        tell(number, [=, this](Gossip& gossip) { return gossip.link_event(link, event, now_); });
    };
    if (server == houses_.end()) return at(now_ + delay(), [=] { report(LinkEvent::failed); });
    const std::size_t to = (*server)->number;
    at(now_ + delay(), [=, this, link = request.link] {
        if (houses_[number]->gossip.get() != process) return;
        if (is_cut(number, to))
            return at(now_ + Duration{3'000}, [=] { report(LinkEvent::failed); });
        const bool accepts = alive(to) && houses_[to]->accepts;
        if (!accepts) return report(LinkEvent::refused);
        establish(number, link, to);
    });
}

void Village::establish(std::size_t client, LinkId link, std::size_t server) {
    auto connection = std::make_shared<Connection>();
    connection->client = {client, link};
    connections_[{client, link}] = connection;
    tell(server, [=, this](Gossip& gossip) {
        connection->server = {
            server, gossip.accepted(houses_[client]->host(), houses_[server]->host(), now_)};
        if (!connection->open)
            return gossip.link_event(connection->server.link, LinkEvent::closed, now_);
        connections_[{server, connection->server.link}] = connection;
        return Effects{};
    });
    connection->server.house = server;
    tell(client,
         [=, this](Gossip& gossip) { return gossip.link_event(link, LinkEvent::connected, now_); });
}

void Village::send(std::size_t number, const Send& message) {
    if (on_send) on_send(number, message.message);
    const auto found = connections_.find({number, message.link});
    if (found == connections_.end()) return;
    const auto connection = found->second;
    const bool by_client = connection->client.house == number;
    const End to = by_client ? connection->server : connection->client;
    const bool unacknowledged = is_cut(number, to.house) || is_cut(to.house, number);
    if (unacknowledged && by_client && !connection->unacknowledged_since) {
        connection->unacknowledged_since = now_;
    }
    if (is_cut(number, to.house)) return;  // For ever: what is cut off is lost here.
    Instant& last = connection->last_at[by_client ? 0 : 1];
    last = std::max(last, now_ + delay());
    at(last, [this, connection, to_house = to.house, by_client, bytes = encode(message.message)] {
        if (!connection->open) return;
        tell(to_house, [=, this](Gossip& gossip) {
            const End& end = by_client ? connection->server : connection->client;
            auto decoded = decode(bytes);
            GRAPEVINE_CHECK(decoded, "what a core says can be read");
            return gossip.receive(end.link, *decoded, now_);
        });
    });
}

void Village::end(const std::shared_ptr<Connection>& connection, std::size_t ended_by) {
    if (!std::exchange(connection->open, false)) return;
    for (const End& side : {connection->client, connection->server}) {
        connections_.erase({side.house, side.link});
        if (side.house == ended_by || side.link.number == 0) continue;
        if (is_cut(ended_by, side.house)) continue;  // It is not told.
        const Gossip* process = houses_[side.house]->gossip.get();
        at(now_ + delay(), [=, this] {
            if (houses_[side.house]->gossip.get() != process || process == nullptr) return;
            tell(side.house, [=, this](Gossip& gossip) {
                return gossip.link_event(side.link, LinkEvent::closed, now_);
            });
        });
    }
}

void Village::announce(std::size_t number, const Announcement& announcement) {
    House& house = *houses_[number];
    house.heard.push_back(announcement);
    if (const auto* target = std::get_if<Follow>(&announcement)) house.follow = target->number;
    const bool pauses = std::holds_alternative<WritesPaused>(announcement);
    if (!pauses && !std::holds_alternative<WritesResumed>(announcement)) return;
    const Gossip* process = house.gossip.get();
    at(now_ + Duration{1}, [=, this] {
        if (houses_[number]->gossip.get() != process) return;
        houses_[number]->writes_held = pauses;
        replicate(number);
    });
}

}  // namespace grapevine::gossip::testing
