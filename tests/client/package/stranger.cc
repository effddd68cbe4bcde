// Includes every header that was installed; prints what the cluster answers to PING.
#include <cstdio>

#include "every_header.h"  // Written by the test.

using namespace grapevine::client;

int main(int, char** arguments) {
    auto cluster = Cluster::connect(arguments[1]);
    if (!cluster) return 1;
    const auto answer = cluster->call<std::string>(Request("PING", 0, Trait::reads)).wait();
    if (!answer) return 2;
    std::puts(answer->c_str());
    return 0;
}
