#include "client/resp/reply.h"

namespace grapevine::client::resp {

Result<std::size_t> ReplyReader::read(std::string_view input) {
    const auto size = scanner_.scan(input);
    if (size && *size > 0) value_ = Value(Reply(input.substr(0, *size)));
    return size;
}

}  // namespace grapevine::client::resp
