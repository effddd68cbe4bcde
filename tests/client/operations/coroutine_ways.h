// Ways of awaiting, each of them a coroutine that says how it ended.
#pragma once

#include <atomic>
#include <grapevine/cluster.h>
#include <grapevine/script.h>
#include <grapevine/task.h>
#include <span>
#include <stdexcept>

namespace grapevine::client {

// Knows whether it is alive: what is destroyed twice or not at all is counted without a sanitizer.
class Counted {
public:
    Counted() { begin(); }
    explicit Counted(std::string text) : text_(std::move(text)) { begin(); }
    Counted(const Counted& other) : text_(other.text_) { begin(); }
    Counted(Counted&& other) noexcept : text_(std::move(other.text_)) { begin(); }
    Counted& operator=(const Counted&) = default;
    Counted& operator=(Counted&&) = default;
    ~Counted() {
        if (self_.place != this) ++broken;
        self_.place = nullptr;
        --alive;
    }
    // False of what was moved by copying its bytes, or is gone.
    bool whole() const { return self_.place == this; }
    const std::string& text() const { return text_; }

    static inline std::atomic<int> alive = 0;
    static inline std::atomic<int> broken = 0;

private:
    // Stays when others are assigned.
    struct Self {
        const void* volatile place = nullptr;
        Self() = default;
        Self& operator=(const Self&) { return *this; }
    };
    void begin() {
        self_.place = this;
        ++alive;
    }
    std::string text_;
    Self self_;
};

inline bool read(const Reply& reply, Counted& into) {
    into = Counted(std::string(reply.text()));
    return !reply.is_aggregate() && !reply.is_null();
}

struct Setting {
    Cluster& db;
    const Script& script;
};

struct Way {
    const char* name;
    Task<std::string> (*go)(Setting);  // "ok", or the code of the error.
};

template <typename T>
std::string outcome(const Result<T>& result) {
    return result ? "ok" : std::string(result.error().code());
}

inline Request get_counted(std::string_view key = "k") {
    Request request("GET", 1, Trait::reads);
    request.key(key);
    return request;
}
inline Call<Counted> counted(Setting on, std::string_view key = "k") {
    return on.db.call<Counted>(get_counted(key));
}

std::span<const Way> ways_of_calls();  // One call, wherever it may stand in a program.
std::span<const Way> ways_of_tasks();  // Coroutines in coroutines.
std::span<const Way> ways_of_many();   // What consists of several requests.

}  // namespace grapevine::client
