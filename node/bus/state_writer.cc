#include "node/bus/state_writer.h"

#include <algorithm>

#include "node/bus/state_file.h"

namespace grapevine::node::bus {
namespace {

constexpr std::uint64_t first_pause_ms = 100;
constexpr std::uint64_t longest_pause_ms = 5'000;

}  // namespace

struct StateWriter::Job {
    std::string path;
    gossip::Save state;
    Result<void> result;
};

StateWriter::StateWriter(io::Loop& loop, std::string path, Events events)
    : loop_(loop),
      path_(std::move(path)),
      events_(std::move(events)),
      retry_(loop, [this] { write_newest(); }) {}

StateWriter::~StateWriter() {
    *alive_ = false;
}

void StateWriter::save(gossip::Save state) {
    waiting_ = std::move(state);
    if (pause_ms_ == 0) write_newest();
}

void StateWriter::write_newest() {
    if (writing_ || !waiting_) return;
    writing_ = true;
    auto job = std::make_shared<Job>(Job{path_, *std::move(waiting_), {}});
    waiting_.reset();
    loop_.in_background([job] { job->result = store_state(job->path, job->state.text); },
                        [this, job, alive = alive_] {
                            if (*alive) finished(*job);
                        });
}

void StateWriter::finished(const Job& job) {
    writing_ = false;
    if (job.result) {
        pause_ms_ = 0;
        events_.saved(job.state.generation);
        return write_newest();
    }
    if (!waiting_) waiting_ = job.state;
    pause_ms_ = std::clamp(pause_ms_ * 2, first_pause_ms, longest_pause_ms);
    retry_.once(pause_ms_);
    events_.failed(job.state.generation, job.result.error());
}

}  // namespace grapevine::node::bus
