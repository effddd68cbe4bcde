#include "node/io/resolver.h"

#include <algorithm>
#include <netdb.h>
#include <utility>
#include <uv.h>

namespace grapevine::node::io {
namespace {

std::vector<std::string> texts_of(const addrinfo* found) {
    std::vector<std::string> texts;
    for (; found != nullptr; found = found->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0,
                        NI_NUMERICHOST) != 0) {
            continue;
        }
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.emplace_back(text);
    }
    return texts;
}

Result<std::vector<std::string>> addresses_of(int status, const addrinfo* found) {
    if (status != 0) return Error{uv_strerror(status)};
    auto texts = texts_of(found);
    if (texts.empty()) return Error{"it has no address"};
    return texts;
}

}  // namespace

// Ends with its look-up, which cannot be called off once it is under way.
struct Resolver::Question {
    uv_getaddrinfo_t request{};
    Loop& loop;
    std::weak_ptr<std::set<Question*>> asker;
    Answer answer;

    static void answered(uv_getaddrinfo_t* request, int status, addrinfo* found) {
        const std::unique_ptr<Question> self(static_cast<Question*>(request->data));
        const auto addresses = addresses_of(status, found);
        uv_freeaddrinfo(found);
        const auto asked = self->asker.lock();
        if (!asked) return;
        asked->erase(self.get());
        self->loop.enter_turn();
        self->answer(addresses);
    }
};

Resolver::Resolver(Loop& loop) : loop_(loop) {}

Resolver::~Resolver() {
    for (Question* question : *asked_) {
        uv_cancel(reinterpret_cast<uv_req_t*>(&question->request));
    }
}

// Unlike Loop::in_background: libuv keeps threads free for disks, however slow the names are.
void Resolver::resolve(const std::string& name, Answer answer) {
    auto question = std::unique_ptr<Question>(new Question{{}, loop_, asked_, std::move(answer)});
    question->request.data = question.get();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int status = uv_getaddrinfo(loop_.raw(), &question->request, Question::answered,
                                      name.c_str(), nullptr, &hints);
    if (status == 0) {
        asked_->insert(question.release());  // answered() has it now.
        return;
    }
    loop_.post([question = std::move(question), status] {
        if (!question->asker.expired()) question->answer(addresses_of(status, nullptr));
    });
}

}  // namespace grapevine::node::io
