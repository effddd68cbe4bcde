#include "node/journal/lineage.h"

#include <random>
#include <string>

namespace grapevine::node::journal {

void Lineage::rename(ReplicationId name, Offset offset) {
    if (name == id) return;
    second_id = id;
    shared = offset;
    id = name;
}

void Lineage::replace(ReplicationId name) {
    *this = {name, {}, 0};
}

bool Lineage::continues(ReplicationId asked, Offset offset) const {
    if (asked.none()) return false;
    return asked == id || (asked == second_id && offset <= shared);
}

ReplicationId random_replication_id() {
    std::random_device device;
    std::uniform_int_distribution<int> digit(0, 15);
    std::string text;
    for (std::size_t i = 0; i < ReplicationId::size; ++i) text += "0123456789abcdef"[digit(device)];
    return *ReplicationId::parse(text);
}

}  // namespace grapevine::node::journal
