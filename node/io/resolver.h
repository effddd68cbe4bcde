// Finds the addresses of host names without blocking the loop, nor the threads that disks need.
#pragma once

#include <functional>
#include <memory>
#include <set>
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

    // One answer follows, never from inside the call, none after destruction: what has not begun
    // by then is not looked up any more.
    void resolve(const std::string& name, Answer answer);

private:
    struct Question;
    Loop& loop_;
    // Under way or waiting for it. Look-ups that outlive the resolver only have a weak one.
    std::shared_ptr<std::set<Question*>> asked_ = std::make_shared<std::set<Question*>>();
};

}  // namespace grapevine::node::io
