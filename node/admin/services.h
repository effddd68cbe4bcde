// The node as its own commands see it: what admin commands may look at and change.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/config/config.h"
#include "node/io/loop.h"
#include "slots/result.h"

namespace grapevine::node::bus {
class Bus;
}
namespace grapevine::node::journal {
class Journal;
}
namespace grapevine::node::persistence {
class Persistence;
}
namespace grapevine::node::replication {
class Replication;
}

namespace grapevine::node::admin {

enum class SaveOnExit : std::uint8_t { as_configured, yes, no };

struct Ending {
    SaveOnExit save = SaveOnExit::as_configured;
    bool now = false;    // Replicas may lack what was written last.
    bool force = false;  // Even if the data cannot be saved.
};

struct Services {
    io::Loop* main_loop = nullptr;  // Of the bus thread: configuration, signals, the end.
    bus::Bus* bus = nullptr;  // Null outside cluster mode. Its calls may be made on any thread.
    journal::Journal* journal = nullptr;  // Its own thread's, but what it says otherwise.
    replication::Replication* replication = nullptr;  // The same.
    persistence::Persistence* persistence = nullptr;  // The same.

    std::string run_id;      // 40 hexadecimal digits, of this process.
    std::string executable;  // Full paths; the second is empty when no file was given.
    std::string config_file;
    std::int64_t started_wall_ms = 0;

    // On the main thread: the latest, of which the workers' copies may be a little behind.
    std::function<std::shared_ptr<const config::Config>()> current_config;
    // On the main thread: takes over a configuration that was checked; every thread hears of it.
    std::function<void(config::Config changed)> apply_config;
    // From any thread. Answers only when it is not done: otherwise the process ends.
    std::function<void(Ending ending, std::function<void(Error)> refused)> shut_down;
    // The same, while it waits for replicas: it goes on, and whoever ordered the end is refused.
    // False: it does not wait.
    std::function<void(std::function<void(bool)> answer)> abort_shutdown;
};

}  // namespace grapevine::node::admin
