#include <grapevine/cluster.h>
#include <grapevine/script.h>

namespace grapevine::client {

Result<Script> Script::load(const Cluster& cluster, std::string text) {
    Request load("SCRIPT LOAD", 1, Trait::repeatable);
    load.add(text);
    auto sha1 = Call<std::string>(cluster.engine(), std::move(load)).wait();
    if (!sha1) return std::move(sha1).error();
    return Script(std::move(text), std::move(*sha1));
}

Request Script::request(std::initializer_list<std::string_view> keys,
                        std::initializer_list<std::string_view> arguments) const {
    Request request("EVALSHA", static_cast<unsigned>(2 + keys.size() + arguments.size()));
    request.add(sha1_);
    request.add(keys.size());
    for (const std::string_view key : keys) request.key(key);
    for (const std::string_view argument : arguments) request.add(argument);
    request.otherwise("EVAL", text_);
    return request;
}

}  // namespace grapevine::client
