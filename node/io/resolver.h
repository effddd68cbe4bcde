// Finds the addresses of host names without blocking the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/io/loop.h"
#include "slots/result.h"

namespace grapevine::node::io {

class Resolver {
public:
    // Numeric, at least one, each once; or why there is none.
    using Answer = std::function<void(Result<std::vector<std::string>> addresses)>;

    explicit Resolver(Loop& loop);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // One answer follows, never from inside the call, none after destruction.
    void resolve(const std::string& name, Answer answer);

private:
    struct Question;
    Loop& loop_;
    std::shared_ptr<bool> alive_;  // Look-ups that outlive the resolver only have a weak one.
};

}  // namespace grapevine::node::io
