#include "tests/client/cli/village.h"

#include <catch2/catch.hpp>

#include "client/resp/reply.h"

namespace grapevine::client::cli {
namespace {

const std::string captured = R"(*4
*4
$5
slots
*2
:0
:5460
$5
nodes
*2
*14
$2
id
$40
d1e9f33c7510f3f61ae5027ee1caea0f15cf5017
$4
port
:18001
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$6
master
$18
replication-offset
:4795
$6
health
$6
online
*14
$2
id
$40
353e877f0518b73b2aca737fb2a88d0ed8532298
$4
port
:18004
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$7
replica
$18
replication-offset
:4795
$6
health
$6
online
*4
$5
slots
*0
$5
nodes
*1
*14
$2
id
$40
c7014b6302bfc2eabdf2cb9e4a23dfbbc9ea5e54
$4
port
:18002
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$6
master
$18
replication-offset
:294
$6
health
$4
fail
*4
$5
slots
*2
:10922
:16383
$5
nodes
*2
*14
$2
id
$40
39445fb7d552aa182e233158ad4cb9040bf0ccd9
$4
port
:18003
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$6
master
$18
replication-offset
:5103
$6
health
$6
online
*14
$2
id
$40
2eeaedca66b785eafacc8078f174489b01bdf0af
$4
port
:18006
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$7
replica
$18
replication-offset
:5103
$6
health
$6
online
*4
$5
slots
*2
:5461
:10921
$5
nodes
*1
*14
$2
id
$40
009ec864179b68a31d47eec5259fc4dadd2bd6d9
$4
port
:18005
$2
ip
$9
127.0.0.1
$8
endpoint
$9
127.0.0.1
$4
role
$6
master
$18
replication-offset
:3929
$6
health
$6
online
)";

std::string with_line_ends(const std::string& text) {
    std::string bytes;
    for (const char c : text) bytes += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return bytes;
}

std::string cluster_info(int epoch) {
    return "cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_current_epoch:7\r\n"
           "cluster_my_epoch:" +
           std::to_string(epoch) + "\r\n";
}

std::string primary_info(int keys, int offset) {
    return "# Memory\r\nused_memory:2097152\r\n# Persistence\r\nloading:0\r\n# Stats\r\n"
           "instantaneous_ops_per_sec:1500\r\n# Replication\r\nrole:master\r\n"
           "master_repl_offset:" +
           std::to_string(offset) + "\r\n# Keyspace\r\ndb0:keys=" + std::to_string(keys) +
           ",expires=0,avg_ttl=0\r\n";
}

std::string replica_info(int keys, int offset) {
    return "# Memory\r\nused_memory:2097152\r\n# Replication\r\nrole:slave\r\n"
           "master_link_status:up\r\nmaster_sync_in_progress:0\r\nslave_repl_offset:" +
           std::to_string(offset) + "\r\nmaster_repl_offset:" + std::to_string(offset) +
           "\r\n# Keyspace\r\ndb0:keys=" + std::to_string(keys) + ",expires=0,avg_ttl=0\r\n";
}

resp::Value text_value(resp::Value::Kind kind, std::string text) {
    resp::Value value;
    value.kind = kind;
    value.text = std::move(text);
    return value;
}

}  // namespace

std::string captured_shards() {
    return with_line_ends(captured);
}

resp::Value value_from(const std::string& bytes) {
    resp::ReplyReader reader;
    const auto size = reader.read(bytes);
    REQUIRE(size);
    REQUIRE(*size == bytes.size());
    return reader.value();
}

Village::Village()
    : nodes{{18001, {primary_info(1000, 4795), cluster_info(1)}},
            {18003, {primary_info(2000, 9000), cluster_info(3)}},
            {18004, {replica_info(1000, 4700), cluster_info(1)}},
            {18005, {primary_info(1000, 100), cluster_info(7)}},
            {18006, {replica_info(2000, 9000), cluster_info(3)}}} {}

void Village::replace(int port, const std::string& what, const std::string& with) {
    std::string& info = nodes.at(port).info;
    const std::size_t position = info.find(what);
    REQUIRE(position != std::string::npos);
    info.replace(position, what.size(), with);
}

Ask Village::ask() const {
    return [this](const slots::Endpoint& node, const std::vector<Request>& requests) {
        return answer(node.port, requests);
    };
}

Result<Cluster> Village::survey() const {
    return cli::survey({{"127.0.0.1", 18001, 0}}, ask());
}

Result<std::vector<resp::Value>> Village::answer(int port,
                                                 const std::vector<Request>& requests) const {
    const auto node = nodes.find(port);
    if (node == nodes.end()) return Error{"Connection refused"};
    std::vector<resp::Value> replies;
    for (const Request& request : requests) {
        if (const auto refusal = refusals.find(port); refusal != refusals.end()) {
            replies.push_back(text_value(resp::Value::Kind::error, refusal->second));
        } else if (request == Request{"INFO"}) {
            replies.push_back(text_value(resp::Value::Kind::bulk, node->second.info));
        } else if (request == Request{"CLUSTER", "INFO"}) {
            replies.push_back(text_value(resp::Value::Kind::bulk, node->second.cluster_info));
        } else {
            replies.push_back(value_from(node->second.shards));
        }
    }
    return replies;
}

}  // namespace grapevine::client::cli
