// An engine whose connections are encrypted, if that is wanted.
#include "client/engine/engine.h"

namespace grapevine::client {
namespace {

// A server speaks no TLS at a unix socket; to send the password there in the clear is not what was
// asked for.
bool is_path(const slots::Endpoint& seed) {
    return seed.host.starts_with('/');
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::make(std::vector<slots::Endpoint> seeds, Options options) {
    std::shared_ptr<io::TlsContext> tls;
    if (options.tls) {
        if (std::any_of(seeds.begin(), seeds.end(), is_path))
            return Error{.text = "USAGE there is no TLS at a unix socket"};
        auto made = io::TlsContext::make(*options.tls);
        if (!made) return Error{.text = made.error().text};
        tls = std::move(*made);
    }
    return std::unique_ptr<Engine>(new Engine(std::move(seeds), std::move(options), tls));
}

}  // namespace grapevine::client
