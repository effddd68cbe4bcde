#include "node/persistence/load.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include "slots/slot.h"

namespace grapevine::node::persistence {
namespace {

constexpr std::size_t read_size = 1u << 20;

struct File {
    explicit File(const std::string& path) : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number >= 0) ::close(number);
    }
    int number;
};

Error io_error(const std::string& path) {
    return Error{"IO cannot read " + path + ": " + std::strerror(errno)};
}

Result<void> feed_all(const File& file, const std::string& path, RdbReader& reader) {
    std::vector<char> buffer(read_size);
    while (true) {
        const ssize_t count = ::read(file.number, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error(path);
        if (count == 0) return reader.finish();
        if (auto fed = reader.feed({buffer.data(), static_cast<std::size_t>(count)}); !fed) {
            return fed;
        }
    }
}

}  // namespace

void keep(commands::Keeper& keeper, int database, const store::Key& key, std::string_view value,
          std::optional<store::Millis> expires_at) {
    auto& keyspace = *keeper.databases().all()[static_cast<std::size_t>(database)];
    keyspace.set(key, value, expires_at ? store::Expiry::at_ms(*expires_at) : store::Expiry{});
}

Result<Loaded> load_file(const std::string& path, std::span<commands::Keeper* const> keepers,
                         store::Millis now) {
    const File file(path);
    if (file.number < 0) return io_error(path);
    Loaded loaded;
    const RdbReader* source = nullptr;
    const auto put = [&](int database, store::Record&& record) {
        const bool goes_on = source->origin().offset.has_value();
        if (!goes_on && record.expires_at && *record.expires_at <= now) {
            ++loaded.expired;
            return;
        }
        const auto key = store::make_key(record.key);
        keep(*keepers[key.slot.number % keepers.size()], database, key, record.value,
             record.expires_at);
        ++loaded.keys;
    };
    const auto databases = static_cast<int>(keepers.front()->databases().all().size());
    RdbReader reader(databases, put);
    source = &reader;
    if (auto fed = feed_all(file, path, reader); !fed) {
        return Error{fed.error().text + " (" + path + ')'};
    }
    loaded.origin = reader.origin();
    return loaded;
}

}  // namespace grapevine::node::persistence
