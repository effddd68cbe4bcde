// Twenty-five lines of a user's, to see how long they take to compile.
#include <cstdio>
#include <grapevine/cluster.h>
#include <grapevine/task.h>

using namespace grapevine::client;

Request get(std::string_view key) {
    Request request("GET", 1, Trait::reads);
    request.key(key);
    return request;
}

Task<Result<std::string>> find(Cluster& cluster, std::string key) {
    auto found = co_await cluster.call<std::optional<std::string>>(get(key));
    if (!found) co_return found.error();
    co_return found->value_or("nothing");
}

int main() {
    auto cluster = Cluster::connect("127.0.0.1:7001");
    if (!cluster) return 1;
    std::puts(run(find(*cluster, "greeting")).value().c_str());
}
