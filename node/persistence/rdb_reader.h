// Reads an RDB file as its bytes come in: from a disk, from a primary.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "node/store/dump.h"
#include "slots/result.h"

namespace grapevine::node::persistence {

// What a file says about the history that its data belongs to; Redis's names in the comments.
struct RdbOrigin {
    std::string id;                       // repl-id
    std::optional<std::uint64_t> offset;  // repl-offset
    int database = 0;                     // repl-stream-db: selected where the stream goes on.
    std::string formers;                  // grapevine-formers: see journal/lineage.h.
    std::string shard;                    // grapevine-shard: of which shard the data is.
    std::optional<std::uint64_t> saved;   // grapevine-saved-offset: see RdbNotes.
};

class RdbReader {
public:
    using Keep = std::function<void(int database, store::Record&& record)>;

    // Keys are given to `keep` as they come, for databases below `databases`. Key counts that the
    // file announces are not believed.
    RdbReader(int databases, Keep keep) : databases_(databases), keep_(std::move(keep)) {}

    // An error is final: bytes that are no RDB file, a later version than we know, a checksum that
    // does not fit, something that the store lacks (named). Bytes behind the end are an error too.
    Result<void> feed(std::string_view bytes);
    // Call when there are no more bytes. ERR when the file ends before its end.
    Result<void> finish() const;

    const RdbOrigin& origin() const { return origin_; }

private:
    enum class State : std::uint8_t { header, body, checksum, end };
    enum class Step : std::uint8_t { done, more };

    Result<Step> step();
    Result<Step> read_header();
    Result<Step> read_part();
    Result<Step> read_key();
    Result<Step> read_database();
    Result<Step> read_note();
    Result<Step> read_hint(int lengths);
    Result<Step> read_checksum();
    void note(std::string_view name, std::string_view value);
    void took(std::size_t bytes);

    int databases_;
    Keep keep_;
    State state_ = State::header;
    RdbOrigin origin_;
    std::string input_;
    std::string_view rest_;  // Of input_, not yet understood.
    std::uint64_t checksum_ = 0;
    unsigned version_ = 0;
    int database_ = 0;
};

}  // namespace grapevine::node::persistence
