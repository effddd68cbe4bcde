#include "node/replication/keepsakes.h"

#include <filesystem>
#include <string_view>

#include "node/io/file.h"

namespace grapevine::node::replication {
namespace {

std::string name(const std::string& stem, unsigned number, std::string_view extension) {
    return stem + (number == 1 ? "" : '-' + std::to_string(number)) + std::string(extension);
}

bool are_one_file(const std::string& a, const std::string& b) {
    std::error_code missing;
    return std::filesystem::equivalent(a, b, missing);
}

std::string free_name(const std::string& stem, std::string_view extension) {
    unsigned number = 1;
    while (io::file_exists(name(stem, number, extension))) ++number;
    return name(stem, number, extension);
}

Result<std::string> keep_dump(const std::string& stem, const std::string& dump) {
    if (!io::file_exists(dump)) return std::string();
    std::string path = name(stem, 1, ".rdb");
    for (unsigned number = 2; io::file_exists(path); ++number) {
        if (are_one_file(path, dump)) return path;
        path = name(stem, number, ".rdb");
    }
    if (auto linked = io::link_durably(dump, path); !linked) return linked.error();
    return path;
}

}  // namespace

// The dump first: who has to try again finds it.
Result<Keepsakes> keep(const LostWrites& lost, const std::string& stem, const std::string& dump) {
    Keepsakes kept;
    if (!lost.complete) {
        auto kept_dump = keep_dump(stem, dump);
        if (!kept_dump) return kept_dump.error();
        kept.dump = *kept_dump;
    }
    if (lost.count == 0) return kept;
    kept.commands = free_name(stem, ".aof");
    if (auto written = io::write_durably(kept.commands, lost.commands); !written) {
        return written.error();
    }
    return kept;
}

}  // namespace grapevine::node::replication
