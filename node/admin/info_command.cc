// INFO: gathered from all workers, completed on the main thread.
#include <algorithm>
#include <array>
#include <memory>

#include "node/admin/families.h"
#include "node/admin/info_facts.h"
#include "node/session/gather.h"

namespace grapevine::node::admin {
namespace {

using commands::Command;

// An INFO that is being answered.
struct Gathering {
    InfoFacts facts;
    std::vector<WorkerFacts> workers;
    std::vector<std::string> sections;
    session::Answer answer;
};

void finish(Gathering& gathering) {
    auto& facts = gathering.facts;
    facts.cpu.main_thread = observe::thread_cpu_time();
    facts.memory.peak = std::max(facts.memory.used, observe::peak_resident_bytes());
    std::erase_if(facts.databases, [](const DatabaseFacts& each) { return each.keys == 0; });
    const std::vector<std::string_view> sections(gathering.sections.begin(),
                                                 gathering.sections.end());
    std::string text;
    client::resp::Writer(text, gathering.answer.version()).verbatim(info_text(facts, sections));
    gathering.answer.give(std::move(text));
}

void finish_on_main_thread(const Services& services, std::shared_ptr<Gathering> gathering) {
    for (const auto& worker : gathering->workers) add_worker(gathering->facts, worker);
    if (services.bus == nullptr) {
        services.main_loop->post([gathering] { finish(*gathering); });
        return;
    }
    services.bus->report([gathering](const std::shared_ptr<const bus::Report>& report) {
        add_bus(gathering->facts, *report);
        finish(*gathering);
    });
}

Result<void> info(Request& request) {
    const auto words = request.args().subspan(1);
    auto gathering = std::make_shared<Gathering>(
        Gathering{node_facts(request),
                  std::vector<WorkerFacts>(request.worker().peers().size()),
                  {words.begin(), words.end()},
                  request.later()});
    session::on_every_worker(
        request.worker(),
        [gathering](session::Dispatcher& worker) {
            gathering->workers[worker.keeper().index()] = worker_facts(worker);
            return std::string();
        },
        [gathering, &services = request.services](const std::vector<std::string>&) {
            finish_on_main_thread(services, gathering);
        });
    return {};
}

using namespace commands;

constinit const std::array rows{
    Command{.name = "INFO",
            .govern = info,
            .arity = -1,
            .flags = loading_ok | stale_ok,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Tells how the node is doing, in sections."},
};

}  // namespace

std::span<const Command> info_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
