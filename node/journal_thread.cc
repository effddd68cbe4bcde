#include "node/journal_thread.h"

#include <pthread.h>

#include "node/observe/crash.h"

namespace grapevine::node {

void JournalThread::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "journal");
        observe::introduce_thread("journal");
        loop_.run();
    });
}

void JournalThread::stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

}  // namespace grapevine::node
