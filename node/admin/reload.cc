#include "node/admin/reload.h"

#include <algorithm>
#include <memory>

#include "node/commands/arguments.h"
#include "node/io/file.h"
#include "node/persistence/load.h"
#include "node/persistence/persistence.h"
#include "node/replication/loader.h"
#include "node/session/gather.h"

namespace grapevine::node::admin {
namespace {

using session::Dispatcher;

struct Reload {
    const Services& services;
    Dispatcher& asking;
    session::Answer answer;
    std::string path;
    bool save = true;
    bool flush = true;
    Result<std::string> file = std::string();
};
using ReloadPtr = std::shared_ptr<Reload>;

// Each worker reads the whole file and takes what it keeps. The error's text, or nothing.
std::string take_part(Dispatcher& worker, const Reload& reload) {
    auto& keeper = worker.keeper();
    const auto now = worker.loop().wall_ms();
    if (reload.flush) replication::clear(keeper);
    persistence::RdbReader reader(
        keeper.databases().count(), [&](int database, store::Record&& record) {
            const auto key = store::make_key(record.key);
            const bool expired = record.expires_at && *record.expires_at <= now;
            if (keeper.keeps(key.slot) && !expired)
                persistence::keep(keeper, database, key, record.value, record.expires_at);
        });
    auto done = reader.feed(*reload.file);
    if (done) done = reader.finish();
    return done ? std::string() : done.error().text;
}

void finish(const ReloadPtr& reload, Error error) {
    session::on_every_worker(
        reload->asking,
        [](Dispatcher& worker) {
            worker.hold_writes(session::Holder::reload, false);
            return std::string();
        },
        [reload, error = std::move(error)](const std::vector<std::string>&) {
            error.text.empty() ? give_ok(reload->answer) : reload->answer.give(error);
        });
}

void load(const ReloadPtr& reload) {
    if (!reload->file) return finish(reload, reload->file.error());
    session::on_every_worker(
        reload->asking, [reload](Dispatcher& worker) { return take_part(worker, *reload); },
        [reload](const std::vector<std::string>& errors) {
            const auto found = std::find_if(errors.begin(), errors.end(),
                                            [](const auto& text) { return !text.empty(); });
            finish(reload, Error{found == errors.end() ? std::string() : *found});
        });
}

void read(const ReloadPtr& reload) {
    reload->services.main_loop->post([reload] {
        reload->services.main_loop->in_background(
            [reload] { reload->file = io::read_file(reload->path); },
            [reload] { reload->asking.loop().post([reload] { load(reload); }); });
    });
}

void save(const ReloadPtr& reload) {
    if (!reload->save) return read(reload);
    reload->services.persistence->save([reload](const Result<void>& saved) {
        if (saved) return read(reload);
        reload->asking.loop().post([reload, error = saved.error()] { finish(reload, error); });
    });
}

}  // namespace

Result<void> reload(Request& request, std::span<const std::string_view> options) {
    const auto has = [&](std::string_view word) {
        return std::any_of(options.begin(), options.end(),
                           [&](auto option) { return commands::is_word(option, word); });
    };
    const auto known = has("NOSAVE") + has("NOFLUSH") + has("MERGE");
    if (static_cast<std::size_t>(known) != options.size()) {
        return Error{"ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."};
    }
    if (has("NOFLUSH") && !has("MERGE")) {
        return Error{"ERR DEBUG RELOAD NOFLUSH is only supported together with MERGE."};
    }
    const auto& config = request.config();
    const auto order = std::make_shared<Reload>(
        Reload{request.services, request.worker(), request.later(),
               config.dir + '/' + config.dbfilename, !has("NOSAVE"), !has("NOFLUSH")});
    session::on_every_worker(
        request.worker(),
        [](Dispatcher& worker) {
            worker.hold_writes(session::Holder::reload, true);
            return std::string();
        },
        [order](const std::vector<std::string>&) { save(order); });
    return {};
}

}  // namespace grapevine::node::admin
