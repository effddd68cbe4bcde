// The data on disk, and the end: SAVE, BGSAVE, LASTSAVE, SHUTDOWN.
#include <array>
#include <memory>

#include "node/admin/families.h"
#include "node/admin/request.h"
#include "node/commands/arguments.h"
#include "node/persistence/persistence.h"

namespace grapevine::node::admin {
namespace {

using commands::Command;
using commands::is_word;

// Answers when the file is safe; the node goes on serving meanwhile.
Result<void> save(Request& request) {
    request.services.persistence->save([answer = request.later()](const Result<void>& saved) {
        saved ? give_ok(answer) : answer.give(saved.error());
    });
    return {};
}

// BGSAVE [SCHEDULE]: there is nothing that a save would have to wait for.
Result<void> save_in_background(Request& request) {
    const auto args = request.args();
    if (args.size() > 2 || (args.size() == 2 && !is_word(args[1], "SCHEDULE"))) {
        return commands::syntax_error();
    }
    const auto answer = request.later();
    auto answered = std::make_shared<bool>(false);  // Both callbacks come on the journal thread.
    request.services.persistence->save(
        [answer, answered](const Result<void>& saved) {
            if (!*answered) saved ? give_ok(answer) : answer.give(saved.error());
        },
        [answer, answered] {
            *answered = true;
            answer.give("+Background saving started\r\n");
        });
    return {};
}

Result<void> last_save(Request& request) {
    request.reply().integer(request.services.persistence->status().saved_s);
    return {};
}

struct Order {
    Ending ending;
    bool abort = false;
};

// [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]
Result<Order> parse_order(std::span<const std::string_view> words) {
    Order order;
    auto& ending = order.ending;
    for (const auto word : words) {
        const bool undecided = ending.save == SaveOnExit::as_configured;
        if (is_word(word, "NOSAVE") && undecided) {
            ending.save = SaveOnExit::no;
        } else if (is_word(word, "SAVE") && undecided) {
            ending.save = SaveOnExit::yes;
        } else if (is_word(word, "FORCE")) {
            ending.force = true;
        } else if (is_word(word, "ABORT") && words.size() == 1) {
            order.abort = true;
        } else if (is_word(word, "NOW")) {
            ending.now = true;
        } else {
            return commands::syntax_error();
        }
    }
    return order;
}

Result<void> abort_shutdown(Request& request) {
    request.services.abort_shutdown([answer = request.later()](bool was_waiting) {
        if (was_waiting) return give_ok(answer);
        answer.give(Error{"ERR No shutdown in progress."});
    });
    return {};
}

// Answers only when it is not done.
Result<void> shut_down(Request& request) {
    const auto order = parse_order(request.args().subspan(1));
    if (!order) return order.error();
    if (order->abort) return abort_shutdown(request);
    request.services.shut_down(order->ending, [answer = request.later()](const Error&) {
        answer.give(Error{"ERR Errors trying to SHUTDOWN. Check logs."});
    });
    return {};
}

using namespace commands;
constexpr std::uint32_t operators_only = admin_only | no_script;

constinit const std::array rows{
    Command{.name = "SAVE",
            .govern = save,
            .arity = 1,
            .flags = operators_only | no_async_loading | no_multi,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(N) where N is the number of keys",
            .summary = "Saves the data to disk and answers when they are safe."},
    Command{.name = "BGSAVE",
            .govern = save_in_background,
            .arity = -1,
            .flags = operators_only | no_async_loading,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "Starts to save the data to disk."},
    Command{.name = "LASTSAVE",
            .govern = last_save,
            .arity = 1,
            .flags = loading_ok | stale_ok | fast,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(1)",
            .summary = "When the data were last saved, in seconds since 1970."},
    Command{.name = "SHUTDOWN",
            .govern = shut_down,
            .arity = -1,
            .flags = operators_only | loading_ok | stale_ok | no_multi,
            .group = "server",
            .since = "1.0.0",
            .complexity = "O(N) where N is the number of keys, when they are saved",
            .summary = "Ends the node, saving its data if that is wanted."},
};

}  // namespace

std::span<const Command> save_commands() {
    return rows;
}

}  // namespace grapevine::node::admin
