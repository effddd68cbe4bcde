// In place of TLS, when the library is built without OpenSSL.
#include "client/io/tls.h"

namespace grapevine::client::io {

struct TlsContext::Parts {};
struct TlsSession::Parts {};

slots::Result<std::shared_ptr<TlsContext>> TlsContext::make(const Tls&) {
    return slots::Error{
        "TLS this library was built without it: GRAPEVINE_TLS was off, or OpenSSL "
        "(libssl-dev) was not there"};
}
TlsContext::~TlsContext() = default;

// Without a context there is no session: what follows is only there to be linked.
TlsSession::TlsSession(TlsContext&, const std::string&, std::uint16_t) {
    GRAPEVINE_CHECK(false, "no TLS session is made without TLS");
}
TlsSession::~TlsSession() = default;
TlsSession::State TlsSession::state() const {
    return State::failed;
}
const std::string& TlsSession::reason() const {
    static const std::string none;
    return none;
}
void TlsSession::shake_hands() {}
void TlsSession::feed(std::string_view) {}
std::size_t TlsSession::read(char*, std::size_t) {
    return 0;
}
void TlsSession::write(std::string_view) {}
void TlsSession::close() {}
std::string& TlsSession::output() {
    static std::string none;
    return none;
}
std::string TlsSession::cut_off(std::string_view reason) const {
    return std::string(reason);
}

}  // namespace grapevine::client::io
