#include "slots/redirect.h"

#include <charconv>

namespace grapevine::slots {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

}  // namespace

Error to_error(const Redirect& redirect) {
    const std::string kind = redirect.kind == Redirect::Kind::moved ? "MOVED " : "ASK ";
    return Error{kind + std::to_string(redirect.slot.number) + ' ' + to_string(redirect.endpoint)};
}

std::optional<Redirect> parse_redirect(std::string_view text) {
    Redirect redirect;
    if (text.starts_with("MOVED ")) {
        text.remove_prefix(6);
    } else if (text.starts_with("ASK ")) {
        redirect.kind = Redirect::Kind::ask;
        text.remove_prefix(4);
    } else {
        return {};
    }
    const auto blank = text.find(' ');
    const auto colon = text.rfind(':');
    if (blank == std::string_view::npos || colon == std::string_view::npos || colon < blank)
        return {};
    const auto slot = parse_number<std::uint16_t>(text.substr(0, blank));
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!slot || *slot >= slot_count || !port) return {};
    redirect.slot = Slot{*slot};
    redirect.endpoint.host = std::string(text.substr(blank + 1, colon - blank - 1));
    redirect.endpoint.port = *port;
    return redirect;
}

Error cross_slot_error() {
    return {"CROSSSLOT Keys in request don't hash to the same slot"};
}
Error try_again_error() {
    return {"TRYAGAIN Multiple keys request during rehashing of slot"};
}
Error cluster_down_error() {
    return {"CLUSTERDOWN The cluster is down"};
}
Error unowned_error() {
    return {"CLUSTERDOWN Hash slot not served"};
}

}  // namespace grapevine::slots
