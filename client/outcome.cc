#include <grapevine/outcome.h>

namespace grapevine::client {

template void set_outcome<std::string>(void*, const Reply*, Error*);
template void set_outcome<std::int64_t>(void*, const Reply*, Error*);
template void set_outcome<double>(void*, const Reply*, Error*);
template void set_outcome<bool>(void*, const Reply*, Error*);
template void set_outcome<void>(void*, const Reply*, Error*);
template void set_outcome<Value>(void*, const Reply*, Error*);
template void set_outcome<std::optional<std::string>>(void*, const Reply*, Error*);
template void set_outcome<std::optional<std::int64_t>>(void*, const Reply*, Error*);
template void set_outcome<std::optional<double>>(void*, const Reply*, Error*);
template void set_outcome<std::vector<std::string>>(void*, const Reply*, Error*);

}  // namespace grapevine::client
