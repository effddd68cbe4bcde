// Writes the first inputs of the fuzzers whose inputs nobody can write by hand: fuzz-seeds FOLDER.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gossip/codec.h"
#include "gossip/layout.h"

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& folder, const std::string& name,
           const std::vector<std::uint8_t>& bytes) {
    fs::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

// As bus_frame.cc makes a frame out of it: the first 16 bytes stand for all slots.
std::vector<std::uint8_t> shortened(std::vector<std::uint8_t> frame, bool is_update) {
    constexpr std::ptrdiff_t kept = 16;
    constexpr std::ptrdiff_t first = layout::slots_at;
    constexpr std::ptrdiff_t second = header_size + 8 + layout::id_size;
    const auto shorten = [&](std::ptrdiff_t at) {
        const auto begin = frame.begin() + at;
        frame.erase(begin + kept, begin + layout::bitmap_size);
    };
    if (is_update) shorten(second);
    shorten(first);
    return frame;
}

Message message(Body body) {
    Message message;
    message.header.sender = *NodeId::parse(std::string(40, 'a'));
    message.header.current_epoch = 8;
    message.header.config_epoch = 7;
    message.header.slots = SlotSet::all();
    message.header.primary = *NodeId::parse(std::string(40, 'b'));
    message.header.host = "10.0.0.1";
    message.header.port = 7001;
    message.header.bus_port = 17001;
    message.header.flags = flag_replica;
    message.header.extensible = true;
    message.header.capabilities = knows_grapevine;
    message.body = std::move(body);
    return message;
}

Heartbeat heartbeat() {
    const NodeId other = *NodeId::parse(std::string(40, 'c'));
    Heartbeat heartbeat;
    heartbeat.rumours.push_back({other, "10.0.0.2", 7002, 0, 17002, flag_primary | flag_failed});
    heartbeat.extensions.hostname = "grape.example";
    heartbeat.extensions.shard = *ShardId::parse(std::string(40, 'd'));
    heartbeat.extensions.forgotten.push_back({other, 60});
    return heartbeat;
}

void write_frames(const fs::path& folder) {
    const NodeId other = *NodeId::parse(std::string(40, 'b'));
    const auto put = [&](const std::string& name, Body body) {
        const bool is_update = std::holds_alternative<Update>(body);
        write(folder, name, shortened(encode(message(std::move(body))), is_update));
    };
    put("heartbeat", heartbeat());
    put("fail", Fail{other});
    put("publish", Publish{"news", "hello", false});
    put("publish_shard", Publish{"news", "hello", true});
    put("vote_request", VoteRequest{});
    put("update", Update{other, 12, SlotSet::all()});
    put("other", Other{9, {1, 2, 3}});
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: fuzz-seeds tests/fuzz/corpus\n", stderr);
        return 2;
    }
    write_frames(fs::path(arguments[1]) / "bus_frame");
    return 0;
}
