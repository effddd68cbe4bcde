// Where the result of an operation will be.
#pragma once

#include <grapevine/lean.h>
#include <grapevine/read.h>
#include <utility>

namespace grapevine::client {

// The place of a result that is yet to come.
template <typename T>
class Outcome {
public:
    // One of them, once.
    void set(const Reply& reply) { result_.make(read_as<T>(reply)); }
    void set(Error&& error) { result_.make(std::move(error)); }
    Result<T>& operator*() { return *result_; }  // Only when it is there.

private:
    Later<Result<T>> result_;
};

// Sets the Outcome<T> at `outcome`: by the reply, or by the error if there is no reply.
template <typename T>
void set_outcome(void* outcome, const Reply* reply, Error* error) {
    auto& place = *static_cast<Outcome<T>*>(outcome);
    reply != nullptr ? place.set(*reply) : place.set(std::move(*error));
}
// Those of the usual types are in the library.
extern template void set_outcome<std::string>(void*, const Reply*, Error*);
extern template void set_outcome<std::int64_t>(void*, const Reply*, Error*);
extern template void set_outcome<double>(void*, const Reply*, Error*);
extern template void set_outcome<bool>(void*, const Reply*, Error*);
extern template void set_outcome<void>(void*, const Reply*, Error*);
extern template void set_outcome<Value>(void*, const Reply*, Error*);
extern template void set_outcome<std::optional<std::string>>(void*, const Reply*, Error*);
extern template void set_outcome<std::optional<std::int64_t>>(void*, const Reply*, Error*);
extern template void set_outcome<std::optional<double>>(void*, const Reply*, Error*);
extern template void set_outcome<std::vector<std::string>>(void*, const Reply*, Error*);

// An Outcome of whatever type, for code that is compiled once for all types.
class AnyOutcome {
public:
    template <typename T>
    explicit AnyOutcome(Outcome<T>& outcome) : outcome_(&outcome), set_(set_outcome<T>) {}
    void set(const Reply& reply) const { set_(outcome_, &reply, nullptr); }
    void set(Error&& error) const { set_(outcome_, nullptr, &error); }

private:
    void* outcome_;
    void (*set_)(void*, const Reply*, Error*);
};

}  // namespace grapevine::client
