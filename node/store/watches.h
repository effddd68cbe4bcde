// Who watches which key, and how often it changed meanwhile. Costs a branch while nobody watches.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace grapevine::node::store {

class Watches {
public:
    bool any() const { return !watched_.empty(); }

    // Returns the key's version. To be undone by as many calls of remove().
    std::uint64_t add(std::string_view key) {
        auto& watched = watched_[std::string(key)];
        ++watched.watchers;
        return watched.version;
    }
    void remove(std::string_view key) {
        const auto found = watched_.find(key);
        if (found != watched_.end() && --found->second.watchers == 0) watched_.erase(found);
    }
    void touch(std::string_view key) {
        const auto found = watched_.find(key);
        if (found != watched_.end()) ++found->second.version;
    }
    // A key that nobody watches has changed: it was forgotten.
    bool changed_since(std::string_view key, std::uint64_t version) const {
        const auto found = watched_.find(key);
        return found == watched_.end() || found->second.version != version;
    }
    void swap(Watches& other) { watched_.swap(other.watched_); }
    // Touches those for which applies(key).
    template <typename Applies>
    void touch_if(Applies applies) {
        for (auto& [key, watched] : watched_) {
            if (applies(std::string_view(key))) ++watched.version;
        }
    }

private:
    struct Watched {
        std::uint64_t version = 0;
        std::uint64_t watchers = 0;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, Watched, Hash, std::equal_to<>> watched_;
};

}  // namespace grapevine::node::store
