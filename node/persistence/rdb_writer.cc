#include "node/persistence/rdb_writer.h"

#include <utility>

#include "node/persistence/rdb_format.h"
#include "node/store/checksum.h"
#include "node/store/dump.h"
#include "node/store/encoding.h"

namespace grapevine::node::persistence {

RdbWriter::RdbWriter(const RdbNotes& notes) {
    const auto version = std::to_string(store::rdb_version);
    bytes_ = "REDIS" + std::string(4 - version.size(), '0') + version;
    note("redis-ver", notes.server_version);
    note("redis-bits", "64");
    note("ctime", std::to_string(notes.created_s));
    note("used-mem", std::to_string(notes.used_memory));
    if (!notes.id.none()) {
        note("repl-stream-db", std::to_string(notes.stream_database));
        note("repl-id", notes.id.text());
        note("repl-offset", std::to_string(notes.offset));
        if (!notes.formers.empty()) note("grapevine-formers", to_text(notes.formers));
    }
    if (!notes.shard.none()) note("grapevine-shard", notes.shard.text());
    if (notes.saved) note("grapevine-saved-offset", std::to_string(*notes.saved));
    note("aof-base", "0");
}

void RdbWriter::note(std::string_view name, std::string_view value) {
    opcode(static_cast<std::uint8_t>(Opcode::note));
    store::append_string(bytes_, name);
    store::append_string(bytes_, value);
}

void RdbWriter::records(int database, std::string_view bytes) {
    if (database != database_) {
        database_ = database;
        opcode(static_cast<std::uint8_t>(Opcode::select_database));
        store::append_length(bytes_, static_cast<std::uint64_t>(database));
    }
    bytes_.append(bytes);
}

void RdbWriter::finish() {
    opcode(static_cast<std::uint8_t>(Opcode::end));
    sum_up();
    store::append_little_endian(bytes_, checksum_);
    summed_ = bytes_.size();
}

std::string RdbWriter::take() {
    sum_up();
    summed_ = 0;
    return std::exchange(bytes_, {});
}

void RdbWriter::sum_up() {
    checksum_ = store::crc64(checksum_, std::string_view(bytes_).substr(summed_));
    summed_ = bytes_.size();
}

}  // namespace grapevine::node::persistence
