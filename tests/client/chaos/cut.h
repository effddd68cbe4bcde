// Ends this process's own connections under the library's feet. What was on its way has reached the
// server, which does it; the answer is never seen.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <thread>

namespace chaos {

// Whether it is a connection that is up and has nothing for us to read yet.
inline bool is_waiting(int descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
    char byte = 0;
    return peer.sin_family == AF_INET && recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

// Returns when it has ended so many of them.
inline void cut(int times) {
    constexpr int first = 3, end = 256;
    for (int done = 0; done < times; std::this_thread::yield()) {
        for (int descriptor = first; descriptor < end && done < times; ++descriptor)
            if (is_waiting(descriptor) && shutdown(descriptor, SHUT_RDWR) == 0) ++done;
    }
}

}  // namespace chaos
