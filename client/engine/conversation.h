// Several requests on one connection that nobody else uses meanwhile, one after the other.
#pragma once

#include <grapevine/error.h>
#include <grapevine/reply.h>
#include <grapevine/request.h>
#include <string>

namespace grapevine::client {

class Link;

// Its requests name it in their facts. The first is routed as any other, and where it was answered
// all others go; none of those is redirected. Belongs to the engine's thread while any is on its
// way or `link` stands.
class Conversation {
public:
    // What the server says by itself. True: it is the reply to the request that is on its way.
    virtual bool pushed(const Reply&) { return false; }
    // The connection ended between its first answer and Engine::end().
    virtual void ended(const std::string&) {}
    // One of its requests ends in this error, of which its caller is told next.
    virtual void failed(const Request&, const Error&) {}
    // Now and then, while the connection stands.
    virtual void look() {}

    Link* link = nullptr;  // Since the first answer.
    bool began = false;    // It had a link: no other is taken unless this is made false again.
    bool asking = false;   // Its slot is on its way to that node.

protected:
    ~Conversation() = default;
};

}  // namespace grapevine::client
