#include <grapevine/result.h>

namespace grapevine::client {

std::string_view to_string(Effect effect) {
    switch (effect) {
        case Effect::not_sent:
            return "not sent";
        case Effect::refused:
            return "refused";
        case Effect::unknown:
            return "unknown";
        case Effect::ran:
            return "ran";
    }
    return "";
}

std::string to_string(const Error& error) {
    std::string text = error.text + " (";
    if (!error.node.empty()) text += "node " + error.node + ", ";
    if (error.slot) text += "slot " + std::to_string(*error.slot) + ", ";
    text += "attempts " + std::to_string(error.attempts) + ", after " +
            std::to_string(error.elapsed.count() / 1000) + " ms, effect " +
            std::string(to_string(error.effect)) + ")";
    return text;
}

void Failed::raise(const Error& error) {
    throw Failed(error);
}

void ErrorPlace::make(Error* place, Error&& from) {
    new (place) Error(std::move(from));
}

void ErrorPlace::make(Error* place, const Error& from) {
    new (place) Error(from);
}

void ErrorPlace::end(Error& error) {
    error.~Error();
}

}  // namespace grapevine::client
