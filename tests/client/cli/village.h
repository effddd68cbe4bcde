// A cluster that answers from memory: four nodes of three shards as Redis 7.0.15 describes them,
// the fifth being a primary that was killed and replaced.
#pragma once

#include <map>
#include <string>

#include "client/cli/survey.h"

namespace grapevine::client::cli {

// What a node of Redis 7.0.15 answered to CLUSTER SHARDS.
std::string captured_shards();

resp::Value value_from(const std::string& bytes);

// Nodes by the port that they listen on, all at 127.0.0.1.
class Village {
public:
    struct Inhabitant {
        std::string info;
        std::string cluster_info;
        std::string shards = captured_shards();
    };

    Village();  // All is well but for 18002, which was killed: it is in ruins.

    std::map<int, Inhabitant> nodes;
    std::map<int, std::string> refusals;  // By port: an error instead of every reply.

    void replace(int port, const std::string& what, const std::string& with);  // In its INFO.
    Ask ask() const;
    Result<Cluster> survey() const;

private:
    Result<std::vector<resp::Value>> answer(int port, const std::vector<Request>& requests) const;
};

}  // namespace grapevine::client::cli
