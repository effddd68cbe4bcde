#include "tests/sim/plots.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace grapevine::sim {
namespace {

using Kind = Step::Kind;

// One shard, and the moment at which something befalls it.
class Scene {
public:
    Scene(Chance& chance_given, const Setup& setup_given, std::vector<Step>& steps)
        : chance(chance_given),
          setup(setup_given),
          timeout(setup_given.node_timeout_ms),
          primary(chance_given.between(0, setup_given.primaries - 1)),
          steps_(steps),
          moment_(chance_given.between(0, setup_given.danger_ms)) {}

    // `after` the moment of the scene, in ms; before it when negative.
    void add(std::int64_t after, Kind kind, std::int64_t a, std::int64_t b = 0,
             std::int64_t c = 0) {
        const std::int64_t at = std::max<std::int64_t>(0, moment_ + after);
        steps_.push_back({std::chrono::milliseconds(at), kind, a, b, c});
    }
    // The moment is the beginning.
    void begin() { moment_ = 0; }
    // The moment is soon: all have the roles of the founding still.
    void begin_soon() { moment_ = chance.between(1'000, 6'000); }
    // A primary's crash is evident, and the others are enough to elect its successor.
    bool sees_crashes() const { return setup.crash_evidence != 0 && setup.primaries > 2; }
    bool has_replicas() const { return setup.replicas > 0; }
    std::int64_t machines() const { return static_cast<std::int64_t>(setup.machines()); }
    std::int64_t any() { return chance.between(0, machines() - 1); }
    // Of the scene's primary, or of the one that comes `shard` later; `number` from 0 on.
    std::int64_t replica(std::int64_t number, std::int64_t shard = 0) const {
        const std::int64_t owner = (primary + shard) % setup.primaries;
        return setup.primaries * (1 + number % setup.replicas) + owner;
    }
    // One of those of the shard that comes `shard` later.
    std::int64_t probe(std::int64_t shard) const {
        return 2 * ((primary + shard) % setup.primaries) + chance.between(0, 1);
    }
    std::int64_t times(std::int64_t percent) const { return timeout * percent / 100; }

    Chance& chance;
    const Setup& setup;
    const std::int64_t timeout;  // Of the nodes, in ms.
    const std::int64_t primary;

private:
    std::vector<Step>& steps_;
    std::int64_t moment_;
};

// A rack: neighbours die at once, and their successors stand at once.
void rack(Scene& scene) {
    const std::int64_t most = std::max<std::int64_t>(2, (scene.setup.primaries - 1) / 2);
    const Kind how = scene.chance.happens(500) ? Kind::crash : Kind::power_off;
    for (std::int64_t i = scene.chance.between(2, most); i > 0; --i) {
        scene.add(scene.chance.between(0, 20), how, (scene.primary + i) % scene.setup.primaries,
                  scene.chance.between(1, scene.timeout * 3));
    }
}

// Two operators, each of whom does not know of the other.
void rivals(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t mode = scene.chance.between(0, 2);
    const bool same_shard = scene.setup.replicas > 1 && scene.chance.happens(700);
    const std::int64_t other = same_shard ? scene.replica(1) : scene.replica(0, 1);
    scene.add(0, Kind::failover, scene.replica(0), mode);
    scene.add(scene.chance.between(0, 3), Kind::failover, other, mode);
}

// Of two replicas the one with less data is the first that can stand.
void laggard(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t before = scene.chance.between(500, 5'000);
    scene.add(-before, Kind::cut_pair, scene.replica(0), scene.primary,
              before + scene.chance.between(100, 3'000));
    scene.add(0, Kind::crash, scene.primary, scene.chance.between(1, 3 * scene.timeout));
    if (scene.setup.replicas < 2) return;
    scene.add(scene.chance.between(-200, 100), Kind::pause, scene.replica(1),
              scene.chance.between(500, 2'000));
}

// A candidate that hears everything late: votes of the last election, successors of its primary.
void deaf(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t length = scene.chance.between(2'000, 10'000);
    scene.add(-scene.chance.between(0, 1'500), Kind::deaf, scene.replica(0), length,
              scene.chance.between(500, 5'000));
    scene.add(0, Kind::crash, scene.primary, scene.chance.between(1, length));
}

// The primary dies when its replica has not heard of it for longer than may be.
void outdated(Scene& scene) {
    const std::int64_t limit =
        scene.setup.replication_ping_ms + scene.timeout * scene.setup.validity_factor;
    if (!scene.has_replicas() || scene.setup.validity_factor == 0 || limit > 30'000) return;
    const std::int64_t rest = scene.chance.between(5'000, 10'000) + 2 * scene.timeout;
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(-limit - 1'500, Kind::cut_pair, scene.replica(i), scene.primary,
                  limit + 1'500 + rest);
    }
    scene.add(0, Kind::crash, scene.primary, rest);
}

// A primary that has failed is back, in contact with all, before its replica's disk lets it stand.
void comeback(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t away = scene.times(scene.chance.between(105, 130)) + 300;
    const Kind how = scene.chance.happens(700) ? Kind::cut_from : Kind::cut;
    scene.add(0, how, std::int64_t{1} << scene.primary, away);
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(scene.times(50), Kind::bad_disk, scene.replica(i),
                  away + scene.times(scene.chance.between(0, 150)));
    }
}

// An agreed failover while the replica is behind.
void handover(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t late = scene.chance.between(100, 1'000);
    scene.add(0, Kind::deaf, scene.replica(0), 8'000, late);
    scene.add(2 * late, Kind::failover, scene.replica(0), 0);
}

// Away for so long that nobody remembers having voted for its successor.
void exile(Scene& scene) {
    const std::int64_t away = 15'000 + scene.times(scene.chance.between(100, 150));
    scene.add(0, Kind::cut, std::int64_t{1} << scene.primary, away);
}

// A firewall makes a living primary look like one that has crashed.
void sealed(Scene& scene) {
    scene.add(0, Kind::refuse, scene.primary, scene.chance.between(100, 2'000) + scene.timeout, 1);
}

// A supervisor that starts again what dies again.
void crash_loop(Scene& scene) {
    const std::int64_t victim = scene.any();
    std::int64_t after = 0;
    for (std::int64_t i = scene.chance.between(3, 8); i > 0; --i) {
        const std::int64_t down = scene.chance.between(1, 300);
        scene.add(after, Kind::crash, victim, down);
        after += down + scene.chance.between(1, 1'500);
    }
}

// Before anything else has happened, somebody is stopped for longer than it waits for others.
void stopped(Scene& scene) {
    scene.begin();
    scene.add(scene.chance.between(0, 2'000), Kind::pause, scene.any(),
              scene.times(scene.chance.between(105, 200)));
}

// Two sides that see each other only through the nodes between them.
void bridge(Scene& scene) {
    std::int64_t left = 0, right = 0;
    for (std::int64_t machine = 0; machine < scene.machines(); ++machine) {
        const std::int64_t side = scene.chance.between(0, 4);
        if (side < 2) left |= std::int64_t{1} << machine;
        if (side > 2) right |= std::int64_t{1} << machine;
    }
    scene.add(0, Kind::cut_sets, left, right,
              scene.chance.between(scene.timeout / 2, 4 * scene.timeout));
}

// The same new epoch for two primaries.
void twins(Scene& scene) {
    scene.add(0, Kind::bump, scene.primary);
    scene.add(scene.chance.between(0, 2), Kind::bump, (scene.primary + 1) % scene.setup.primaries);
}

// An operator bumps the epoch of a primary that is cut off, and that will not hear its successor
// when the others hear it again.
void usurper(Scene& scene) {
    if (!scene.has_replicas()) return;
    const std::int64_t away = 1'000 + scene.times(scene.chance.between(100, 250));
    scene.add(0, Kind::cut, std::int64_t{1} << scene.primary, away);
    for (std::int64_t i = scene.chance.between(1, 2); i > 0; --i) {
        scene.add(scene.chance.between(0, away), Kind::bump, scene.primary);
    }
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(scene.chance.between(0, away), Kind::cut_pair, scene.replica(i), scene.primary,
                  away + scene.times(200));
    }
}

// A cable is pulled, and put back in again.
void unplugged(Scene& scene) {
    const Kind how = scene.chance.happens(700) ? Kind::cut : Kind::cut_from;
    scene.add(0, how, std::int64_t{1} << scene.primary, scene.chance.between(300, 5'000));
}

// A process stands still, not for long enough to be noticed.
void nap(Scene& scene) {
    scene.add(0, Kind::pause, scene.primary, scene.times(scene.chance.between(10, 30)));
}

// A primary is left alone with a few others: perhaps its witnesses, perhaps all but one of them.
void island(Scene& scene) {
    std::int64_t machines = std::int64_t{1} << scene.primary;
    for (std::int64_t i = scene.chance.between(0, 4); i > 0; --i) {
        machines |= std::int64_t{1} << scene.chance.between(0, scene.setup.primaries - 1);
    }
    const Kind how = scene.chance.happens(800) ? Kind::cut : Kind::cut_from;
    scene.add(0, how, machines, scene.chance.between(500, 4 * scene.timeout));
}

// The voters take their time to write down what they vote for: all primaries but the scene's.
void slow_voters(Scene& scene, std::int64_t after, std::int64_t length, std::int64_t least,
                 std::int64_t most) {
    for (std::int64_t i = 1; i < scene.setup.primaries; ++i) {
        scene.add(after, Kind::slow_disk, (scene.primary + i) % scene.setup.primaries, length,
                  scene.chance.between(least, most));
    }
}

// Two replicas of a dead primary are elected one after the other, as the first one's disk keeps it
// from saying so, and neither hears the other.
void rift(Scene& scene) {
    if (!scene.sees_crashes() || scene.setup.replicas < 2) return;
    scene.begin_soon();
    slow_voters(scene, -500, 6'000, 320, 480);
    scene.add(0, Kind::crash, scene.primary, scene.chance.between(3'000, 9'000));
    for (std::int64_t i = 0; i < 2; ++i) {
        scene.add(scene.chance.between(50, 300), Kind::slow_disk, scene.replica(i), 6'000,
                  scene.chance.between(0, 250));
    }
    scene.add(scene.chance.between(150, 550), Kind::cut_pair, scene.replica(0), scene.replica(1),
              scene.chance.between(2'000, 6'000));
}

// The voters that have voted against a primary die before the elected one can say so. The primary
// is back, and hears of neither: only of those who vote now in their places.
void turnover(Scene& scene) {
    if (!scene.sees_crashes() || !scene.has_replicas()) return;
    scene.begin_soon();
    const std::int64_t save = scene.setup.disk_most_us / 1'000;
    const std::int64_t elected = scene.chance.between(save, 2 * save) + 150;
    const std::int64_t silent = scene.chance.between(4'000, 9'000);
    slow_voters(scene, -500, 1'500, 150, 350);
    scene.add(0, Kind::crash, scene.primary, scene.chance.between(1, 300));
    scene.add(elected, Kind::bad_disk, scene.replica(0), silent);
    for (std::int64_t i = 1; i < scene.setup.replicas; ++i) {
        scene.add(-100, Kind::bad_disk, scene.replica(i), elected + silent);
    }
    scene.add(scene.chance.between(0, 500), Kind::cut_pair, scene.replica(0), scene.primary,
              elected + silent + 2'000);
    std::int64_t dies = 1'000;
    for (std::int64_t i = 1; i <= scene.setup.primaries / 2; ++i) {
        dies += scene.chance.between(100, 1'500);
        scene.add(dies, Kind::crash, (scene.primary + i) % scene.setup.primaries,
                  scene.chance.between(1'000, 8'000));
    }
}

// A primary is back without its keys and is told to take a new epoch, just when a replica that has
// them was elected in its place.
void relapse(Scene& scene) {
    if (!scene.has_replicas() || scene.setup.persists != 0) return;
    scene.begin_soon();
    const std::int64_t down = scene.chance.between(1, 500);
    const std::int64_t save = scene.chance.between(200, 600);
    scene.add(0, Kind::crash, scene.primary, down);
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(0, Kind::slow_disk, scene.replica(i), 6'000, save);
    }
    for (std::int64_t i = 0; i < 3; ++i) {
        scene.add(down + scene.chance.between(save, 3 * save), Kind::bump, scene.primary);
    }
    if (scene.setup.primaries > 1) return;
    // It has voted alone, and does not hear what came of it.
    scene.add(down + scene.chance.between(save, 3 * save), Kind::cut,
              std::int64_t{1} << scene.primary, scene.chance.between(1'000, 30'000));
}

// A primary that was replaced has taken its successor's very epoch, and hears all but that one. It
// takes a later one when it has been back for longer than it waits for others.
void pretender(Scene& scene) {
    if (!scene.has_replicas() || scene.setup.primaries < 3) return;
    scene.begin_soon();
    const std::int64_t away = 1'500 + scene.times(scene.chance.between(110, 150));
    const std::int64_t waits = std::clamp<std::int64_t>(scene.timeout, 500, 5'000);
    scene.add(0, Kind::cut, std::int64_t{1} << scene.primary, away);
    scene.add(scene.chance.between(1, away), Kind::bump, scene.primary);
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(away / 2, Kind::cut_pair, scene.replica(i), scene.primary, away + waits + 3'000);
    }
    const std::int64_t again = away + waits + scene.chance.between(100, 2'500);
    scene.add(again, Kind::bump, (scene.primary + 1) % scene.setup.primaries);
    scene.add(again + scene.chance.between(1, 500), Kind::bump, scene.primary);
}

// Its successor is given a slot of another shard. Then a primary that was replaced takes an epoch
// by itself, and claims what it had: nearly all that its successor has.
void dowry(Scene& scene) {
    if (!scene.has_replicas() || scene.setup.primaries < 3) return;
    scene.begin_soon();
    const std::int64_t away = 4'000 + scene.times(scene.chance.between(150, 250));
    const std::int64_t election = std::min(away / 2, 2'000 + scene.times(110));
    const std::int64_t given = scene.chance.between(election, away);
    const bool hears_heir = scene.chance.happens(300);
    scene.add(0, Kind::cut, std::int64_t{1} << scene.primary, away);
    scene.add(scene.chance.between(1, away), Kind::bump, scene.primary);
    const std::int64_t slot = scene.probe(scene.chance.between(1, 2));
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        scene.add(given, Kind::move_slot, slot, scene.replica(i), scene.chance.between(0, 1));
        if (hears_heir) continue;
        scene.add(away / 2, Kind::cut_pair, scene.replica(i), scene.primary,
                  away + scene.times(100) + 3'000);
    }
    const std::int64_t again = away + scene.chance.between(1, scene.times(100) + 2'500);
    scene.add(again, Kind::bump, (scene.primary + 1) % scene.setup.primaries);
    scene.add(again + scene.chance.between(1, 500), Kind::bump, scene.primary);
}

// A primary is given a slot, and dies before its replicas have heard of that.
void legacy(Scene& scene) {
    if (!scene.has_replicas() || scene.setup.primaries < 2) return;
    scene.begin_soon();
    const std::int64_t lives = scene.chance.between(50, 1'500);
    scene.add(0, Kind::move_slot, scene.probe(1), scene.primary, scene.chance.between(0, 1));
    for (std::int64_t i = 0; i < scene.setup.replicas; ++i) {
        if (scene.chance.happens(300)) continue;
        scene.add(-scene.chance.between(0, 50), Kind::cut_pair, scene.replica(i), scene.primary,
                  lives + scene.chance.between(0, 3'000));
    }
    const Kind how = scene.chance.happens(700) ? Kind::crash : Kind::cut_from;
    const bool crash = how == Kind::crash;
    scene.add(lives, how, crash ? scene.primary : std::int64_t{1} << scene.primary,
              scene.chance.between(1, 3 * scene.timeout));
}

struct Plot {
    void (*add)(Scene& scene);
    std::int64_t per_mille;  // Of seeds in which it exists.
};
constexpr std::array plots{
    Plot{rack, 120},    Plot{rivals, 120},    Plot{laggard, 120}, Plot{deaf, 100},
    Plot{outdated, 60}, Plot{comeback, 120},  Plot{exile, 60},    Plot{handover, 100},
    Plot{sealed, 100},  Plot{crash_loop, 80}, Plot{bridge, 100},  Plot{twins, 60},
    Plot{stopped, 200}, Plot{usurper, 60},
};
// Of most of those seeds nothing comes: the clusters are too small for them, or keep their keys.
constexpr std::array successions{
    Plot{rift, 200},     Plot{turnover, 60}, Plot{relapse, 400},
    Plot{pretender, 60}, Plot{dowry, 60},    Plot{legacy, 60},
};

}  // namespace

void add_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps) {
    for (const Plot& plot : plots) {
        if (!chance.happens(plot.per_mille)) continue;
        for (std::int64_t i = chance.between(0, setup.danger_ms / 30'000); i >= 0; --i) {
            Scene scene(chance, setup, steps);
            plot.add(scene);
        }
    }
}

void add_succession_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps) {
    for (const Plot& plot : successions) {
        if (!chance.happens(plot.per_mille)) continue;
        Scene scene(chance, setup, steps);
        plot.add(scene);
    }
}

void add_host_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps) {
    for (const auto plot : {unplugged, nap}) {
        if (!chance.happens(300)) continue;
        Scene scene(chance, setup, steps);
        plot(scene);
    }
}

void add_large_plots(Chance& chance, const Setup& setup, std::vector<Step>& steps) {
    for (std::int64_t i = chance.between(0, 3); i > 0; --i) {
        Scene scene(chance, setup, steps);
        island(scene);
    }
}

// One primary after the other is away for so long that it has been replaced, for certain, when it
// is back. It hears the voters first, which promise nothing, and its successor a little later: it
// has to wait. A shorter absence is not safe in such a cluster: the primary may be back while
// voters that answer it elect another.
std::vector<Step> mixed_plot(Chance& chance, const Setup& setup) {
    std::vector<Step> steps;
    const std::int64_t timeout = setup.node_timeout_ms;
    const std::int64_t election = 2'500 + 8 * setup.disk_most_us / 1'000;
    std::int64_t at = chance.between(500, 3'000);
    std::int64_t primary = chance.between(0, setup.primaries - 1);
    const auto add = [&](Kind kind, std::int64_t a, std::int64_t b, std::int64_t c = 0) {
        steps.push_back({std::chrono::milliseconds(at), kind, a, b, c});
    };
    for (std::int64_t i = chance.between(1, 3); i > 0; --i) {
        const std::int64_t away = 2 * timeout + election + chance.between(0, 2 * timeout);
        const bool cut_off = chance.happens(500);
        const Kind how = chance.happens(700) ? Kind::crash : Kind::power_off;
        add(cut_off ? Kind::cut : how, cut_off ? std::int64_t{1} << primary : primary, away);
        const std::int64_t machines = static_cast<std::int64_t>(setup.machines());
        for (std::int64_t other = setup.primaries; other < machines; ++other) {
            add(Kind::cut_pair, other, primary, away + chance.between(300, 2'000));
        }
        at += away + 4 * timeout + 8'000;
        primary = (primary + 1) % setup.primaries;
    }
    return steps;
}

}  // namespace grapevine::sim
