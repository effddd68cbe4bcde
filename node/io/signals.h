// Turns signals into callbacks on a loop.
#pragma once

#include <functional>
#include <initializer_list>
#include <vector>

#include "node/io/loop.h"

namespace grapevine::node::io {

class Signals {
public:
    Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int number)> caught);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

private:
    struct Watcher;
    std::vector<Watcher*> watchers_;
};

}  // namespace grapevine::node::io
