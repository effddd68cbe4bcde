#include "node/session/session.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "node/observe/log.h"
#include "node/session/dispatcher.h"
#include "node/session/reply_to.h"

namespace grapevine::node::session {
namespace {

// While a client has not read so much of its replies, its next requests are left where they are.
constexpr std::size_t unread_replies_bytes = 1u << 20;

}  // namespace

Session::Session(Dispatcher& dispatcher, std::uint64_t id, int descriptor)
    : dispatcher_(dispatcher),
      id_(id),
      born_us_(dispatcher.loop().monotonic_us()),
      last_heard_us_(born_us_),
      stream_(dispatcher.loop(), descriptor,
              {.received = [this](std::string_view bytes) { received(bytes); },
               .ended = [this](io::End) { close(); },
               .drained = [this] { resume(); }}) {}

Particulars& Session::particulars() {
    if (!particulars_) particulars_ = std::make_unique<Particulars>();
    return *particulars_;
}

void Session::add_watches(std::vector<WatchedKey> keys) {
    auto& watched = transaction().watched;
    std::move(keys.begin(), keys.end(), std::back_inserter(watched));
}

Transaction& Session::transaction() {
    if (!transaction_) transaction_ = std::make_unique<Transaction>();
    return *transaction_;
}

void Session::apply_limits() {
    reader_.set_limits({.bulk_bytes = dispatcher_.settings().proto_max_bulk_len,
                        .authenticated = manners.authenticated});
}

bool Session::overfull() const {
    return stream_.unsent() + dispatcher_.out_.size() > unread_replies_bytes;
}

void Session::received(std::string_view bytes) {
    last_heard_us_ = dispatcher_.loop().monotonic_us();
    dispatcher_.stats().input_bytes += bytes.size();
    if (closing_) return;
    inside_ = true;
    if (input_.empty()) {
        keep(bytes.substr(process(bytes)));
    } else if (input_.size() + bytes.size() > dispatcher_.settings().client_query_buffer_limit) {
        ++dispatcher_.stats().query_buffer_closings;
        refuse(Error{"ERR Protocol error: the request is larger than client-query-buffer-limit"});
    } else {
        input_.append(bytes);
        if (input_.size() >= reader_.needed()) input_.erase(0, process(input_));
        if (input_.empty()) input_.shrink_to_fit();
    }
    inside_ = false;
    flush();
}

void Session::keep(std::string_view rest) {
    if (rest.empty()) return;
    constexpr std::size_t most_in_advance = 1u
                                            << 20;  // A length that was only claimed costs no more.
    input_.reserve(std::max(rest.size(), std::min(reader_.needed(), most_in_advance)));
    input_.assign(rest);
}

// Runs what is complete; answers how many bytes are done with.
std::size_t Session::process(std::string_view input) {
    std::size_t used = 0;
    while (!paused_ && !closing() && used < input.size()) {
        if (overfull()) flush();
        if (overfull()) {
            paused_ = true;  // Until the client has read: resumed by `drained`.
            break;
        }
        dispatcher_.parse_batch(*this, input.substr(used));
        if (dispatcher_.batch_.empty()) break;
        dispatcher_.prefetch_batch(*this);
        std::size_t done = 0;
        for (const auto& parsed : dispatcher_.batch_) {
            if (paused_ || closing()) break;
            rest_ = input.substr(used + parsed.end);
            if (dispatcher_.dispatch(*this, parsed) == Dispatcher::Outcome::later) {
                paused_ = true;
                break;
            }
            done = parsed.end;
        }
        // What was parsed but not run is parsed anew when the client goes on.
        if (done < dispatcher_.batch_.back().end)
            reader_ = client::resp::RequestReader(reader_.limits());
        used += done;
    }
    if (paused_) stream_.read_on(false);
    return closing() ? input.size() : used;
}

void Session::refuse(const Error& error) {
    dispatcher_.reply_to(*this, [&](client::resp::Writer& reply) { reply.error(error); });
    close_when_sent();
}

void Session::flush() {
    auto& out = dispatcher_.out_;
    const bool withhold = dispatcher_.must_not_confirm();
    if (withhold && stream_.open()) {
        // It was stopped between serving and answering. No answer is better than a false one.
        log::warn(
            "a write is not confirmed, its client is disconnected: this node may have been "
            "replaced");
        close();
    } else if (!out.empty() && stream_.open()) {
        dispatcher_.stats().output_bytes += out.size();
        stream_.send(out);
    }
    constexpr std::size_t worth_keeping = 256u << 10;
    if (out.capacity() > worth_keeping) {
        out = {};
    } else {
        out.clear();
    }
    if (closing_ && stream_.open() && stream_.unsent() == 0 && !waiting()) close();
}

void Session::fill(std::uint64_t place, std::string_view reply, Term confirms) {
    const Term released = replies_.fill(place, reply, dispatcher_.out_, confirms);
    dispatcher_.confirms_ = older(dispatcher_.confirms_, released);
    if (inside_) return;
    flush();
    if (!replies_.waiting()) resume();
}

void Session::resume() {
    if (closing_) {
        if (stream_.open() && stream_.unsent() == 0 && !waiting()) close();
        return;
    }
    if (!paused_ || waiting() || inside_ || overfull()) return;
    paused_ = false;
    inside_ = true;
    dispatcher_.continue_transaction(*this);
    if (!paused_) stream_.read_on(true);
    if (!paused_ && !input_.empty()) input_.erase(0, process(input_));
    inside_ = false;
    flush();
}

void Session::close_when_sent() {
    closing_ = true;
    stream_.read_on(false);
}

void Session::close() {
    closing_ = true;
    stream_.close();
    dispatcher_.drop(*this);
}

Result<std::pair<int, std::string>> Session::hand_over() {
    flush();
    if (stream_.unsent() != 0 || waiting()) {
        return Error{"ERR read the replies of your earlier requests first"};
    }
    closing_ = true;
    const int descriptor = stream_.release();
    dispatcher_.drop(*this);
    return std::pair{descriptor, std::string(rest_)};
}

bool Session::within_limits(std::int64_t now_us) {
    using std::chrono::microseconds;
    const auto& settings = dispatcher_.settings();
    const auto idle = microseconds(now_us - last_heard_us_);
    if (settings.timeout.count() > 0 && !waiting() && idle > settings.timeout) return false;
    const std::size_t unread = output_bytes();
    const auto& limit = settings.client_output_buffer_limit.normal;
    if (limit.hard != 0 && unread > limit.hard) return false;
    if (limit.soft == 0 || unread <= limit.soft) {
        over_soft_limit_since_us_ = 0;
        return true;
    }
    if (over_soft_limit_since_us_ == 0) over_soft_limit_since_us_ = now_us;
    return microseconds(now_us - over_soft_limit_since_us_) < limit.patience;
}

}  // namespace grapevine::node::session
