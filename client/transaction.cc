#include <grapevine/cluster.h>
#include <grapevine/transaction.h>

namespace grapevine::client {

Replies::Replies(const Reply& exec) : encoded_(exec.elements().encoded()) {
    starts_.reserve(exec.size());
    std::size_t at = 0;
    for (std::size_t i = 0; i < exec.size(); ++i) {
        starts_.push_back(at);
        at += Reply::extent(std::string_view(encoded_).substr(at));
    }
}

template <>
Result<Replies> read_as<Replies>(const Reply& exec) {
    if (exec.is_null())
        return Error{.text = "ABORTED a watched key was changed: nothing was done",
                     .effect = Effect::refused};
    if (!exec.is_aggregate()) return wrong_shape(exec);
    return Replies(exec);
}

Transaction::Transaction(const Cluster& cluster) : Transaction(cluster.engine()) {}
Transaction::Transaction(Engine& engine) : engine_(&engine) {
    whole_.facts().transaction = true;
}

std::size_t Transaction::queue(const Request& request) {
    only_reads_ &= request.facts().reads();
    whole_.append(request);
    return size_++;
}

Call<Replies> Transaction::run() && {
    if (only_reads_) whole_.facts().traits = Trait::reads;
    whole_.begin("EXEC", 0);
    return {*engine_, std::move(whole_)};
}

}  // namespace grapevine::client
