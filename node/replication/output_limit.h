// How far a reader may fall behind before it is given up (client-output-buffer-limit).
#pragma once

#include <cstdint>
#include <optional>

namespace grapevine::node::replication {

using Milliseconds = std::int64_t;  // Of a clock that only goes forward.

struct OutputLimits {
    std::uint64_t hard_bytes = 256u << 20;  // 0: none.
    std::uint64_t soft_bytes = 64u << 20;   // 0: none.
    Milliseconds soft_ms = 60'000;          // So long it may stay above soft_bytes.
};

class OutputWatch {
public:
    // Whether a reader with so many unsent bytes is to be given up now.
    bool exceeded(const OutputLimits& limits, std::uint64_t unsent, Milliseconds now) {
        if (limits.hard_bytes != 0 && unsent > limits.hard_bytes) return true;
        if (limits.soft_bytes == 0 || unsent <= limits.soft_bytes) {
            above_since_.reset();
            return false;
        }
        if (!above_since_) above_since_ = now;
        return now - *above_since_ > limits.soft_ms;
    }

private:
    std::optional<Milliseconds> above_since_;
};

}  // namespace grapevine::node::replication
