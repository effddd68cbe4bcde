// One client: bytes in, replies out in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/resp/request.h"
#include "client/resp/writer.h"
#include "node/io/stream.h"
#include "node/session/reply_queue.h"
#include "node/session/transaction.h"

namespace grapevine::node::session {

class Dispatcher;

// What a client has said about itself and about the replies that it wants.
struct Manners {
    client::resp::Version version = client::resp::Version::resp2;
    int database = 0;
    bool authenticated = false;
    bool asking = false;       // For the next request only.
    bool read_only = false;    // READONLY: a replica may answer.
    bool silent = false;       // CLIENT REPLY OFF
    bool silent_next = false;  // CLIENT REPLY SKIP: the request after this one.
    bool silent_now = false;
};

// What few clients ever say: kept aside so that a silent connection stays small.
struct Particulars {
    std::string name;
    std::string library_name;
    std::string library_version;
    // REPLCONF pairs, for the replication that may take this connection over.
    std::vector<std::pair<std::string, std::string>> replconf;
};

// Checks and sets the name that CLIENT LIST shows. ERR when it has blanks or line breaks.
Result<void> set_name(class Session& session, std::string_view name);

class Session {
public:
    Session(Dispatcher& dispatcher, std::uint64_t id, int descriptor);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    std::uint64_t id() const { return id_; }
    Manners manners;
    Particulars& particulars();
    const Particulars* particulars_if_any() const { return particulars_.get(); }
    Transaction& transaction();
    const Transaction* transaction_if_any() const { return transaction_.get(); }
    bool in_transaction() const { return transaction_ && transaction_->open; }
    bool running_transaction() const { return transaction_ && transaction_->running; }
    void forget_transaction() { transaction_.reset(); }
    void add_watches(std::vector<WatchedKey> keys);

    // Sends what was answered, then closes.
    void close_when_sent();
    void close();
    bool closing() const { return closing_ || gone(); }
    bool gone() const { return !stream_.open(); }

    // Keeps the place of a reply that comes later.
    std::uint64_t expect() { return replies_.expect(!manners.silent_now); }
    void fill(std::uint64_t place, std::string_view reply, Term confirms = no_write);
    bool waiting() const { return replies_.waiting(); }
    std::size_t missing_replies() const { return replies_.missing(); }
    // The client's next requests wait until nothing is missing, or until resume().
    void pause() { paused_ = true; }
    void resume();

    // For PSYNC: lets go of the connection, with what was read behind the request that is running.
    // ERR when the client has not read its earlier replies yet.
    Result<std::pair<int, std::string>> hand_over();

    // After the rules or the client's standing changed: how much one request may ask for.
    void apply_limits();

    // Facts for CLIENT LIST.
    int descriptor() const { return stream_.descriptor(); }
    std::size_t input_bytes() const { return input_.size(); }
    std::size_t output_bytes() const { return stream_.unsent() + replies_.bytes(); }
    std::int64_t born_us() const { return born_us_; }
    std::int64_t last_heard_us() const { return last_heard_us_; }
    std::uint32_t last_entry() const { return last_entry_; }

    // The dispatcher's once-a-second look: false when the client has to go.
    bool within_limits(std::int64_t now_us);

private:
    friend class Dispatcher;

    void received(std::string_view bytes);
    std::size_t process(std::string_view input);
    void refuse(const Error& error);
    void flush();
    bool overfull() const;
    void keep(std::string_view rest);

    Dispatcher& dispatcher_;
    std::uint64_t id_;
    bool paused_ = false;
    bool closing_ = false;
    bool inside_ = false;  // received() is running: replies are flushed at its end.
    std::uint32_t last_entry_ = ~0u;
    std::int64_t born_us_;
    std::int64_t last_heard_us_;
    std::int64_t over_soft_limit_since_us_ = 0;
    std::string input_;      // Read, not processed yet.
    std::string_view rest_;  // Behind the request that is running.
    client::resp::RequestReader reader_;
    ReplyQueue replies_;
    std::unique_ptr<Particulars> particulars_;
    std::unique_ptr<Transaction> transaction_;
    io::Stream stream_;
};

}  // namespace grapevine::node::session
