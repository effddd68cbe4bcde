// Ends this process's own connections under the library's feet. What was on its way has reached the
// server, which does it; the answer is never seen.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

namespace chaos {

// Whether it is a connection that is up and has nothing for us to read yet.
inline bool is_waiting(int descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
    char byte = 0;
    return peer.sin_family == AF_INET && recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

// Returns when it has ended so many of them. All at a time, and then none until `wait_for_use`
// returns: a client that never gets an answer cannot find out where to go.
template <typename WaitForUse>
void cut(int times, WaitForUse wait_for_use) {
    constexpr int first = 3, end = 256;
    for (int done = 0; done < times;) {
        wait_for_use();
        for (int descriptor = first; descriptor < end && done < times; ++descriptor)
            if (is_waiting(descriptor) && shutdown(descriptor, SHUT_RDWR) == 0) ++done;
    }
}

}  // namespace chaos
