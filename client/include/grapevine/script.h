// A Lua script that travels once to each node and is called by its name after that.
#pragma once

#include <grapevine/call.h>
#include <initializer_list>
#include <string>
#include <string_view>

namespace grapevine::client {

class Cluster;

// Its text, and the SHA1 that servers know it by. Must outlive its calls.
class Script {
public:
    // Asks a node for the SHA1 (SCRIPT LOAD); blocks. Errors: what the server says of the script.
    static Result<Script> load(const Cluster& cluster, std::string text);

    // All keys have to be in one slot. A node that does not know the script is sent its text.
    Request request(std::initializer_list<std::string_view> keys,
                    std::initializer_list<std::string_view> arguments = {}) const;
    template <typename T = Value>
    Call<T> call(Engine& engine, std::initializer_list<std::string_view> keys,
                 std::initializer_list<std::string_view> arguments = {}) const {
        return {engine, request(keys, arguments)};
    }

    const std::string& text() const { return text_; }
    const std::string& sha1() const { return sha1_; }

private:
    Script(std::string text, std::string sha1) : text_(std::move(text)), sha1_(std::move(sha1)) {}
    std::string text_;
    std::string sha1_;
};

}  // namespace grapevine::client
