#include "client/engine/engine.h"

#include "client/engine/question.h"

namespace grapevine::client {
namespace {

// Reads that may go elsewhere stay away from a node that did not answer for so long.
constexpr Duration pause_of_reads = std::chrono::seconds(1);
constexpr Duration look_period = std::chrono::milliseconds(100);

std::uint32_t any_number(const void* self) {
    const auto ticks =
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return static_cast<std::uint32_t>((ticks ^ reinterpret_cast<std::uintptr_t>(self)) *
                                      2654435761u);
}

route::RefreshSettings refresh_settings(const Options& options) {
    return {.period = options.refresh};
}

}  // namespace

Engine::Engine(std::vector<slots::Endpoint> seeds, Options options,
               std::shared_ptr<io::TlsContext> tls)
    : options_(std::move(options)),
      tls_(std::move(tls)),
      router_(std::move(seeds), any_number(this), refresh_settings(options_)),
      loop_({.woken = [this] { take_inbox(); },
             .turn_end = [this] { turn_end(); },
             .before_sleep = [this] { before_sleep(); },
             .alarm = [this] { alarm(); }}),
      sockets_(loop_, tls_.get()),
      own_links_([this](std::uint16_t node) { return new_link(node, false); }),
      caching_(options_.cache_bytes > 0
                   ? std::make_unique<Caching>(options_.cache_bytes, options_.reads)
                   : nullptr) {
    router_.set_most_lag(static_cast<std::int64_t>(options_.most_lag));
    thread_ = std::thread([this] { run(); });
}

Engine::~Engine() {
    stop_ = true;
    loop_.wake();
    helm_.call();
    thread_.join();
}

void Engine::start(Operation& operation) {
    if (on_thread()) return accept(operation);
    start_all(operation, operation);
}

void Engine::start_all(Operation& newest, Operation& oldest) {
    std::size_t bytes = cost_of(oldest);
    for (Operation* each = &newest; each != &oldest; each = each->next_in_inbox)
        bytes += cost_of(*each);
    bytes_in_inbox_.fetch_add(bytes, std::memory_order_relaxed);
    const bool waited_for = newest.waited_for;
    inbox_.put_all(newest, oldest);
    if (waited_for) return;  // wait() comes next.
    if (sleeping_.exchange(false)) loop_.wake();
    if (helm_.vacant()) helm_.call();
}

void Engine::wait_for_room() {
    const auto room = [this] {
        return !full_.load(std::memory_order_relaxed) &&
               bytes_in_inbox_.load(std::memory_order_relaxed) < options_.bytes_in_flight;
    };
    if (room()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, room);
}

void Engine::take_inbox() {
    Operation* operation = next_to_accept();
    std::size_t taken = 0;
    while (operation != nullptr) {
        if (steersman_ != nullptr && !may_be_steered(*operation)) {
            held_ = operation;
            break;
        }
        Operation* next = operation->next_in_inbox;
        taken += cost_of(*operation);
        accept(*operation);
        operation = next;
    }
    const std::size_t before = bytes_in_inbox_.fetch_sub(taken, std::memory_order_relaxed);
    if (before >= options_.bytes_in_flight) {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }
    if (stop_ && !closing_ && steersman_ == nullptr) shut_down();
}

// What a request is told when nothing has been done for it yet.
void Engine::accept(Operation& operation) {
    if (operation.request.commands() == 0) return pause(operation);
    counters_.requests.add();
    Facts& facts = operation.request.facts();
    if (facts.from == ReadFrom::unsaid) facts.from = options_.reads;
    operation.trip.started = loop_.now();
    operation.trip.deadline = deadline_of(operation);
    if (facts.crosses_slots)
        return fail(operation, Effect::not_sent,
                    "CROSSSLOT the keys of one command must be in one slot: give them one {tag}");
    if (operation.request.facts().unknown)
        return fail(operation, Effect::not_sent,
                    "USAGE no command of Redis 7.0 has this name: if it is right, say where it "
                    "belongs with command_on(key, name, ...)");
    if (closing_) return fail(operation, Effect::not_sent, "CLOSED the client is being closed");
    if (operation.request.facts().needs_own_connection()) return dispatch_own(operation);
    // The question for the map does not wait for those that may be waiting for its answer.
    if (&operation != question_.get() && (!lobby_.empty() || !has_room_for(operation))) {
        full_ = true;
        lobby_.push(operation);
        return wheel_.add(operation, operation.trip.deadline);
    }
    admit(operation);
}

// What an operation keeps in memory while it is on its way, roughly.
std::size_t Engine::cost_of(const Operation& operation) {
    return operation.request.bytes().size() + sizeof(Operation);
}

bool Engine::has_room_for(const Operation& operation) const {
    return bytes_in_flight_ == 0 ||
           bytes_in_flight_ + cost_of(operation) <= options_.bytes_in_flight;
}

void Engine::admit(Operation& operation) {
    operation.admitted = true;
    bytes_in_flight_ += cost_of(operation);
    dispatch(operation);
}

void Engine::dispatch(Operation& operation) {
    const Facts& facts = operation.request.facts();
    if (facts.needs_own_connection()) return dispatch_own(operation);
    const route::NodeIndex node = router_.route(facts, operation.trip);
    if (node == route::no_node)
        return fail(operation, Effect::not_sent, "UNREACHABLE no node is known");
    operation.trip.last_node = node;
    const bool reading = facts.slot != any_slot && facts.replicas_may_answer() &&
                         node != router_.map().primary_of(facts.slot);
    if (!operation.TimeHook::linked()) wheel_.add(operation, operation.trip.deadline);
    link_to(node, reading).send(operation);
}

std::unique_ptr<Link> Engine::new_link(route::NodeIndex node, bool reading) {
    const slots::Endpoint& endpoint = router_.directory().endpoint(node);
    return std::make_unique<Link>(sockets_, static_cast<LinkEvents&>(*this),
                                  Target{.node = node,
                                         .host = endpoint.host,
                                         .port = endpoint.port,
                                         .reading = reading,
                                         .greeting = greeting(reading),
                                         .meter = &meter_of(node)});
}

Link& Engine::link_to(route::NodeIndex node, bool reading) {
    const std::size_t place = 2u * node + (reading ? 1 : 0);
    if (place >= links_.size()) links_.resize(place + 1);
    if (!links_[place]) links_[place] = new_link(node, reading);
    return *links_[place];
}

Request Engine::greeting(bool reading) const {
    const bool authenticates = !options_.password.empty();
    Request hello("HELLO", 1 + (authenticates ? 3 : 0) + (options_.name.empty() ? 0 : 2));
    hello.add("3");
    if (authenticates) {
        hello.add("AUTH");
        hello.add(options_.username.empty() ? "default" : options_.username);
        hello.add(options_.password);
    }
    if (!options_.name.empty()) {
        hello.add("SETNAME");
        hello.add(options_.name);
    }
    if (reading) hello.begin("READONLY", 0);
    return hello;
}

void Engine::has_output(Link& link) {
    with_output_.push_back(&link);
}

void Engine::wake_at_turn_end(Parker& waiting) {
    to_wake_.push_back(&waiting);
}

void Engine::turn_end() {
    sleeping_.store(false, std::memory_order_relaxed);
    flush();
    wake_waiting();
    if (has_to_leave()) loop_.leave();
}

void Engine::flush() {
    // A flush can end nothing and start nothing: the list does not grow meanwhile.
    for (Link* link : with_output_) link->flush();
    with_output_.clear();
}

// Threads that were answered together ask again together, if they are let: one turn then serves
// them all.
void Engine::wake_waiting() {
    const std::size_t woken = to_wake_.size();
    if (woken == 0) return;
    served_a_waiting_ = true;
    if (woken > 1 || bytes_in_flight_ > 0) crowded_at_ = loop_.now();
    if (steersman_ != nullptr && std::erase(to_wake_, steersman_) > 0) arrive();
    Parker::unpark_all(to_wake_.data(), to_wake_.size());
    to_wake_.clear();
    if (woken < 2) return;
    std::this_thread::yield();
    take_inbox();
    flush();
}

void Engine::before_sleep() {
    wake_waiting();  // Whose time was up: timers come after the end of a turn.
    flush();
    if (closing_) return;
    set_alarm();
    if (steersman_ == nullptr && may_rest()) return loop_.leave();
    served_a_waiting_ = false;
    sleeping_.store(true);
    // Whoever came before that did not wake us.
    if (!inbox_.empty() && sleeping_.exchange(false)) loop_.wake();
}

void Engine::leave(Operation& operation) {
    operation.TimeHook::unlink();
    operation.QueueHook::unlink();
    if (operation.admitted) bytes_in_flight_ -= cost_of(operation);
    if (full_.load(std::memory_order_relaxed)) admit_waiting();
}

// An operation that fails at once leaves inside, and so comes back here: the first call goes on for
// it.
void Engine::admit_waiting() {
    if (admitting_ || closing_) return;
    admitting_ = true;
    while (!lobby_.empty() && has_room_for(lobby_.front())) admit(lobby_.pop());
    admitting_ = false;
    if (!lobby_.empty()) return;
    const std::lock_guard lock(mutex_);
    full_ = false;
    changed_.notify_all();
}

void Engine::answered(Link& link, Operation& operation, const Reply& reply) {
    if (link.use.own) settle(link, operation, true);
    router_.served(operation.request.facts(), operation.trip, link.node());
    if (caching_) keep(link, operation, reply);
    leave(operation);
    operation.succeeded(reply);
}

void Engine::refused(Link& link, Operation& operation, std::string_view error) {
    if (link.use.own) settle(link, operation, false);
    if (operation.request.use_otherwise(error)) return dispatch(operation);
    const std::uint16_t redirects = operation.trip.redirects;
    const auto verdict =
        router_.refused(operation.request.facts(), operation.trip, link.node(), error, loop_.now());
    if (caching_) compare_guard(operation.request.facts().slot);
    if (operation.trip.redirects != redirects) {
        counters_.redirects.add();
        meter_of(link.node()).redirects.add();
    }
    follow(verdict, operation);
}

void Engine::reject(Operation& operation, std::string_view why) {
    operation.admitted = true;
    bytes_in_flight_ += cost_of(operation);
    follow(router_.refused(operation.request.facts(), operation.trip, operation.trip.last_node, why,
                           loop_.now()),
           operation);
}

void Engine::lost(Link& link, Operation& operation, bool sent, const std::string& reason) {
    // One that was not even begun, so soon after another had failed.
    if (link.use.busy && link.at_rest()) own_links_.give(link, loop_.now());
    if (closing_) return close(operation, sent);
    follow(router_.lost(operation.request.facts(), operation.trip, link.node(), sent, reason,
                        loop_.now()),
           operation);
}

void Engine::follow(const route::Verdict& verdict, Operation& operation) {
    switch (verdict.kind) {
        case route::Verdict::Kind::send:
            tell_setback(operation, true);
            return dispatch(operation);
        case route::Verdict::Kind::later:
            counters_.retries.add();
            meter_of(operation.trip.last_node).retries.add();
            tell_setback(operation, false);
            operation.TimeHook::unlink();
            return wheel_.add(operation, std::min(verdict.at, operation.trip.deadline));
        case route::Verdict::Kind::fail:
            return fail(operation, verdict.effect, verdict.text);
    }
}

// Its time has come: to be tried again, or to be given up. In the wheel the early come round again.
void Engine::due(Operation& operation) {
    if (operation.request.commands() == 0) return end_pause(operation);
    if (loop_.now() >= operation.trip.deadline) return time_out(operation);
    const bool waits = operation.link != nullptr || operation.QueueHook::linked();
    if (waits) return wheel_.add(operation, operation.trip.deadline);
    dispatch(operation);
}

void Engine::time_out(Operation& operation) {
    Link* link = operation.link;
    const bool sent = link != nullptr && link->forget(operation);
    const bool unknown = sent || operation.trip.may_have_run;
    const Effect otherwise = operation.trip.attempts > 0 ? Effect::refused : Effect::not_sent;
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - operation.trip.started);
    std::string text = "TIMEOUT no answer within " + std::to_string(waited.count()) + " ms";
    if (!operation.trip.setback.empty()) text += "; the last obstacle: " + operation.trip.setback;
    // Its answer may still come, or what it waits for: nobody else is to get that.
    if (link != nullptr && link->use.own) link->drop("its caller waits no longer");
    fail(operation, unknown ? Effect::unknown : otherwise, std::move(text));
}

void Engine::fail(Operation& operation, Effect effect, std::string text) {
    counters_.failures.add();
    const Facts& facts = operation.request.facts();
    Error error{.text = std::move(text), .effect = effect};
    if (facts.slot != any_slot) error.slot = facts.slot;
    error.node = router_.name_of(operation.trip.last_node);
    error.attempts = operation.trip.attempts;
    error.elapsed =
        std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() - operation.trip.started);
    if (operation.marker != 0) caching_->failed(operation);
    if (facts.talk != nullptr) facts.talk->failed(operation.request, error);
    leave(operation);
    operation.failed(std::move(error));
}

bool Engine::pushed(Link& link, const Reply& message) {
    if (is_tracked(link) && caching_->pushed(link.node(), message)) return false;
    return link.use.talk != nullptr && link.use.talk->pushed(message);
}

void Engine::measured(Link& link, Duration took) {
    if (link.use.own) return;  // What waits there waits for others.
    Meter& meter = meter_of(link.node());
    meter.took(took);
    router_.measured(link.node(), meter.recent());
}

void Engine::opened(Link& link) {
    counters_.connections.add();
    meter_of(link.node()).connections.add();
    router_.up(link.node());
    if (is_tracked(link)) track(link);
    if (link.failures() > 0)
        log("connected again node=" + router_.name_of(link.node()) +
            " attempts=" + std::to_string(link.failures() + 1));
}

void Engine::closed(Link& link, bool was_open, const std::string& reason) {
    // Servers close connections for reasons of their own: only who takes no new one is down.
    ++connections_ended_;
    if (!was_open) router_.down(link.node(), loop_.now() + pause_of_reads);
    if (link.use.own) ended(link, reason);
    if (is_tracked(link)) caching_->lost(link.node());
    if (closing_) return;
    // Once for each outage.
    const std::string node = router_.name_of(link.node());
    if (was_open) log("connection ended node=" + node + " reason=" + reason);
    if (link.failures() == 1) log("no connection node=" + node + " reason=" + reason);
}

void Engine::alarm() {
    alarm_at_ = Instant::max();
    const Instant now = loop_.now();
    wheel_.turn(now, [this](Operation& operation) { due(operation); });
    if (now - looked_at_ >= look_period) {
        look_at_links(now);
        look_at_own_links(now);
    }
    ask_for_offsets(now);
    if (caching_) look_out(now);
    ask_for_map();
}

// The alarm stands as long as anything is on its way; without that only the next fetch of the map
// is due.
void Engine::set_alarm() {
    if (alarm_at_ <= loop_.now() + Wheel::tick) return;
    Instant next = wheel_.next();
    if (!question_) next = std::min(next, router_.next_question());
    if (bytes_in_flight_ > 0 || !own_links_.empty())
        next = std::min(next, looked_at_ + look_period);
    if (caching_ && caching_->guards().any()) next = std::min(next, next_lookout_);
    if (next >= alarm_at_) return;
    alarm_at_ = next;
    loop_.set_alarm(next);
}

void Engine::look_at_links(Instant now) {
    looked_at_ = now;
    for (const auto& link : links_) {
        if (!link) continue;
        const auto since = link->silent_since();
        if (!link->reading() && (!since || now - *since < options_.silence))
            router_.heard(link->node());
        if (!since) continue;
        if (link->connecting() && now - *since >= options_.connect_timeout) {
            link->give_up_connecting(options_.connect_timeout);
        } else if (now - *since >= options_.silence) {
            router_.silent(link->node());
            // Another has its slots: what it was sent is not to wait for it.
            if (!link->connecting() && !router_.map().is_primary(link->node()) && !link->reading())
                link->drop("silent, and replaced");
            if (!link->connecting() && link->reading()) {
                router_.avoid(link->node(), now + pause_of_reads);
                link->drop("silent, and not the only one");
            }
        }
    }
}

void Engine::close(Operation& operation, bool sent) {
    fail(operation, sent || operation.trip.may_have_run ? Effect::unknown : Effect::not_sent,
         "CLOSED the client is being closed");
}

// From here on nothing is sent: what a callback starts ends at once, what waits is not let in.
void Engine::shut_down() {
    closing_ = true;
    for (const auto& link : links_)
        if (link) link->drop("the client is being closed");
    own_links_.each([](Link& link) { link.drop("the client is being closed"); });
    wheel_.drain([this](Operation& operation) { close(operation, false); });
    links_.clear();
    own_links_.clear();
    with_output_.clear();
    wake_waiting();
    {
        const std::lock_guard lock(mutex_);
        full_ = false;
        changed_.notify_all();
    }
    loop_.stop();
}

void Engine::log(const std::string& line) const {
    if (options_.log) options_.log(line);
}

}  // namespace grapevine::client
