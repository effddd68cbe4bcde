// Puts an RDB file together from the records of many workers and databases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/journal/lineage.h"

namespace grapevine::node::persistence {

// What the file says about itself.
struct RdbNotes {
    std::string server_version = {};  // "7.2.4"
    std::int64_t created_s = 0;       // Since 1970.
    std::uint64_t used_memory = 0;    // Bytes.
    journal::ReplicationId id = {};   // None: not said; nor are the next three then.
    std::vector<journal::Former> formers = {};
    journal::Offset offset = 0;
    int stream_database = 0;    // Selected where the stream goes on.
    slots::ShardId shard = {};  // Whose data it is; none: not said.
    // How much of it was found on the disk, when nothing has been written since.
    std::optional<journal::Offset> saved = {};
};

// The bytes pile up until they are taken.
class RdbWriter {
public:
    explicit RdbWriter(const RdbNotes& notes);

    // Whole records, as store::append_record() writes them.
    void records(int database, std::string_view bytes);
    void finish();

    std::size_t pending() const { return bytes_.size(); }
    std::string take();

private:
    void note(std::string_view name, std::string_view value);
    void opcode(std::uint8_t number) { bytes_.push_back(static_cast<char>(number)); }
    void sum_up();

    std::string bytes_;
    std::size_t summed_ = 0;  // Bytes that the checksum covers.
    std::uint64_t checksum_ = 0;
    int database_ = -1;
};

}  // namespace grapevine::node::persistence
