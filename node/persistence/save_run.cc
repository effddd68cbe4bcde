#include "node/persistence/save_run.h"

#include <utility>

namespace grapevine::node::persistence {
namespace {

constexpr std::size_t enough_ahead = 4u << 20;  // Unwritten bytes at which the walk pauses.

}  // namespace

SaveRun::SaveRun(journal::Journal& journal, std::span<commands::Keeper* const> keepers,
                 std::string path, Events events)
    : file_(journal.loop(), std::move(path), [this] { regulate(); }),
      run_(journal, keepers,
           {.at_instant = std::move(events.at_instant),
            .began = [this, began = std::move(events.began)](
                         journal::Offset instant) { writer_.emplace(began(instant)); },
            .piece = [this](int database, std::string_view records) { take(database, records); },
            .ended =
                [this, ended = std::move(events.ended)] {
                    writer_->finish();
                    file_.append(writer_->take());
                    file_.finish(ended);
                }}) {}

void SaveRun::take(int database, std::string_view records) {
    writer_->records(database, records);
    file_.append(writer_->take());
    regulate();
}

void SaveRun::regulate() {
    run_.hold(file_.pending() > enough_ahead);
}

}  // namespace grapevine::node::persistence
