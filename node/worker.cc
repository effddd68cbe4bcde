#include "node/worker.h"

#include <pthread.h>
#include <string>

#include "node/observe/crash.h"
#include "node/standing.h"

namespace grapevine::node {

Worker::Worker(Place place, int databases, std::uint64_t seed, const session::CommandTable& table,
               journal::Journal& journal, session::Host& host)
    : index_(place.index),
      count_(place.count),
      journal_(journal),
      keeper_(place.index, place.count, databases, seed),
      dispatcher_(loop_, keeper_, table, journal, host),
      every_second_(loop_, [this] { each_second(); }),
      background_(loop_, [this] {
          keeper_.tidy();
          dispatcher_.retry_held();
      }) {
    loop_.on_turn([this] { dispatcher_.begin_turn(); },
                  [this] {
                      dispatcher_.end_turn();
                      journal_.hand_over(index_);
                      dispatcher_.stats().count_turn(turn_.microseconds_since_begin());
                      turn_.begin();  // The wait takes none of this thread's time.
                  });
}

Worker::~Worker() {
    stop();
}

void Worker::apply(std::shared_ptr<const config::Config> config) {
    // The rest of an uneven division is nobody's: the limit is never exceeded for it.
    keeper_.set_memory_limit(config->maxmemory / count_);
    background_.every(1000 / config->hz);
    every_second_.every(1000);
    dispatcher_.set_settings(std::move(config));
    stand(standing_);
}

void Worker::stand(const replication::Standing& standing) {
    standing_ = standing;
    keeper_.set_replica(standing.role == replication::Role::replica);
    dispatcher_.set_obstacles(obstacles(standing_, dispatcher_.settings(), last_save_failed_()));
    dispatcher_.retry_held();
}

void Worker::each_second() {
    dispatcher_.each_second();
    stand(standing_);
}

void Worker::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), ("worker-" + std::to_string(index_)).c_str());
        observe::introduce_thread("worker");
        loop_.run();
    });
}

void Worker::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

}  // namespace grapevine::node
