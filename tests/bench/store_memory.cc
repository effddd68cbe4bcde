// What a key costs beyond its own bytes: store_memory [value bytes] [ttl]. By the store's own count
// and by what the system gave the process, at 1 to 7 million keys of 16 bytes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "node/store/databases.h"

namespace {

using namespace grapevine::node::store;

std::uint64_t resident_bytes() {
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * 4096;
}

}  // namespace

int main(int count, char** arguments) {
    const std::size_t value_size = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 16;
    const bool with_expiry = count > 2 && std::strcmp(arguments[2], "ttl") == 0;
    const std::string value(value_size, 'v');
    Databases databases;
    const std::uint64_t empty = resident_bytes();
    std::printf("empty %.1f MB\n    keys  own B/key  RSS B/key   (16 B keys, %zu B values%s)\n",
                static_cast<double>(empty) / 1e6, value_size, with_expiry ? ", ttl" : "");

    std::uint64_t made = 0;
    for (const std::uint64_t keys :
         {1'000'000u, 1'500'000u, 2'000'000u, 3'000'000u, 5'000'000u, 7'000'000u}) {
        for (; made < keys; ++made) {
            char text[17];
            std::snprintf(text, sizeof text, "key:%012llu", static_cast<unsigned long long>(made));
            databases[0].set(make_key({text, 16}), value,
                             with_expiry ? Expiry::at_ms(1) : Expiry{});
        }
        const double payload = 16.0 + static_cast<double>(value_size);
        const auto each = [&](std::uint64_t bytes) {
            return static_cast<double>(bytes) / static_cast<double>(keys);
        };
        std::printf("%8llu  %9.1f  %9.1f\n", static_cast<unsigned long long>(keys),
                    each(databases.bytes()) - payload, each(resident_bytes() - empty) - payload);
    }
    std::fflush(stdout);
    std::_Exit(0);  // Freeing everything would take longer than measuring it.
}
