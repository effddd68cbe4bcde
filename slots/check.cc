#include "slots/check.h"

#include <cstdio>
#include <cstdlib>

namespace grapevine::slots {

void check_failed(const char* promise, const char* file, int line) {
    std::fprintf(stderr, "check failed: %s (%s:%d)\n", promise, file, line);
    std::abort();
}

}  // namespace grapevine::slots
