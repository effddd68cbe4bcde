#include "slots/identity.h"

namespace grapevine::slots {

std::string to_string(const Endpoint& endpoint) {
    return endpoint.host + ':' + std::to_string(endpoint.port);
}

}  // namespace grapevine::slots
