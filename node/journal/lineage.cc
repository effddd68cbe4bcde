#include "node/journal/lineage.h"

#include <algorithm>
#include <random>
#include <string>

namespace grapevine::node::journal {

void Lineage::rename(ReplicationId name, Offset offset) {
    if (name == id) return;
    formers.insert(formers.begin(), {id, offset});
    if (formers.size() > most_formers) formers.pop_back();
    id = name;
}

void Lineage::replace(ReplicationId name) {
    *this = {name};
}

bool Lineage::continues(ReplicationId asked, Offset offset) const {
    if (asked.none()) return false;
    return asked == id || std::any_of(formers.begin(), formers.end(), [&](const Former& former) {
               return former.id == asked && offset <= former.shared;
           });
}

ReplicationId random_replication_id() {
    std::random_device device;
    std::uniform_int_distribution<int> digit(0, 15);
    std::string text;
    for (std::size_t i = 0; i < ReplicationId::size; ++i) text += "0123456789abcdef"[digit(device)];
    return *ReplicationId::parse(text);
}

}  // namespace grapevine::node::journal
