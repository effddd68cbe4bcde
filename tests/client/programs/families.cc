// families HOST:PORT[,...] [strings]: runs typed commands of every family (or of strings and keys
// alone) against a cluster and says what did not come out as it should.
#include <cstdio>
#include <cstring>
#include <grapevine/cluster.h>
#include <grapevine/future.h>
#include <grapevine/task.h>
#include <map>
#include <string>
#include <vector>

using namespace grapevine::client;
using namespace std::chrono_literals;

namespace {

int failures = 0;

void expect(bool holds, const char* what, const std::string& instead) {
    if (holds) return;
    ++failures;
    std::printf("FAILED: %s: %s\n", what, instead.c_str());
}

template <typename T, typename Expected>
void expect_value(Call<T>&& call, const Expected& expected, const char* what) {
    const Result<T> result = std::move(call).wait();
    expect(result && *result == expected, what,
           result ? "another value" : to_string(result.error()));
}
void expect_done(Call<void>&& call, const char* what) {
    const Result<void> result = std::move(call).wait();
    expect(result.has_value(), what, result ? "" : to_string(result.error()));
}
template <typename T>
void expect_error(Call<T>&& call, std::string_view code, const char* what) {
    const Result<T> result = std::move(call).wait();
    expect(!result && result.error().code() == code, what,
           result ? "a value" : to_string(result.error()));
}

#define SAME(call, ...) expect_value(call, __VA_ARGS__, #call)
#define DONE(call) expect_done(call, #call)
#define ERROR(call, code) expect_error(call, code, #call)

using Texts = std::vector<std::string>;
template <typename T>
using Gaps = std::vector<std::optional<T>>;

}  // namespace

struct Cart {
    std::string user;
    long items = 0;
    double total = 0;
    bool operator==(const Cart&) const = default;
};
GRAPEVINE_HASH(Cart, user, items, total)

namespace {

void strings(Cluster& db) {
    SAME(db.get("{s}nothing"), std::nullopt);
    DONE(db.set("{s}a", "one", ex(1h)));
    SAME(db.set("{s}a", "two", if_absent), false);
    SAME(db.get("{s}a"), "one");
    DONE(db.set("{s}n", 7));
    SAME(db.get<int>("{s}n"), 7);
    SAME(db.incr("{s}n"), 8);
    SAME(db.incrby("{s}n", 4), 12);
    SAME(db.decr("{s}n"), 11);
    SAME(db.append("{s}a", "!"), 4);
    SAME(db.strlen("{s}a"), 4);
    SAME(db.getrange("{s}a", 0, 1), "on");
    SAME(db.getdel("{s}n"), "11");
    SAME(db.expire("{s}a", 100), true);
    SAME(db.ttl("{s}a"), 100);
    SAME(db.persist("{s}a"), true);
    SAME(db.type("{s}a"), "string");
    SAME(db.command<std::string>("get", "{s}a"), "one!");
    SAME(db.command_on<int>("{s}a", "STRLEN", "{s}a"), 4);
    ERROR(db.command("NOSUCH", "{s}a"), "USAGE");
    ERROR(db.get<int>("{s}a"), "TYPE");
    ERROR(db.incr("{s}a"), "ERR");
    DONE(db.ping());
}

void hashes(Cluster& db) {
    const Cart cart{"ann", 3, 9.5};
    SAME(db.hset("cart", cart), 3);
    SAME(db.hgetall<Cart>("cart"), cart);
    SAME(db.hgetall<std::optional<Cart>>("no-cart"), std::nullopt);
    SAME(db.hget<int>("cart", "items"), 3);
    SAME(db.hset("cart", "items", 4, "note", "x"), 1);
    SAME(db.hmget("cart", "user", "nothing"), Gaps<std::string>{"ann", std::nullopt});
    SAME(db.hgetall("cart"),
         Fields{{"user", "ann"}, {"items", "4"}, {"total", "9.5"}, {"note", "x"}});
    const std::map<std::string, std::string> map{
        {"user", "ann"}, {"items", "4"}, {"total", "9.5"}, {"note", "x"}};
    SAME((db.hgetall<std::map<std::string, std::string>>("cart")), map);
    SAME(db.hincrby("cart", "items", 2), 6);
    SAME(db.hincrbyfloat("cart", "total", 0.5), 10.0);
    SAME(db.hexists("cart", "user"), true);
    SAME(db.hdel("cart", "user", "note"), 2);
    SAME(db.hkeys("cart"), Texts{"items", "total"});
    SAME(db.hlen("cart"), 2);
    ERROR(db.get("cart"), "WRONGTYPE");
}

void lists_and_sets(Cluster& db) {
    SAME(db.rpush("list", "a", Texts{"b", "c"}), 3);
    SAME(db.lrange("list", 0, -1), Texts{"a", "b", "c"});
    SAME(db.linsert_before("list", "b", "x"), 4);
    SAME(db.lpos("list", "b"), 2);
    SAME(db.lpop("list"), "a");
    SAME(db.rpop_many("list", 2), Texts{"c", "b"});
    SAME(db.blpop(1, "list"), std::pair<std::string, std::string>{"list", "x"});
    SAME(db.lpop("list"), std::nullopt);
    SAME(db.sadd("{t}s", "a", "b"), 2);
    SAME(db.sadd("{t}u", "b", "c"), 2);
    SAME(db.sismember("{t}s", "a"), true);
    SAME(db.smismember("{t}s", "a", "z"), std::vector<bool>{true, false});
    SAME(db.sinter("{t}s", "{t}u"), Texts{"b"});
    SAME(db.sintercard("{t}s", "{t}u"), 1);
    SAME(db.sunionstore("{t}to", "{t}s", "{t}u"), 3);
    SAME(db.scard("{t}to"), 3);
    SAME(db.smove("{t}s", "{t}u", "a"), true);
    SAME(db.smembers("{t}s"), Texts{"b"});
}

void sorted_sets(Cluster& db) {
    using Scored = std::vector<std::pair<std::string, double>>;
    SAME(db.zadd("{z}a", 1.5, "one", std::pair{2, "two"}), 2);
    SAME(db.zadd_if("{z}a", 0.5, "one", if_greater, count_changed), 0);
    SAME(db.zscore("{z}a", "one"), 1.5);
    SAME(db.zmscore("{z}a", "one", "none"), Gaps<double>{1.5, std::nullopt});
    SAME(db.zrank("{z}a", "two"), 1);
    SAME(db.zrange_with_scores("{z}a", 0, -1), Scored{{"one", 1.5}, {"two", 2}});
    SAME(db.zrangebyscore("{z}a", "(1.5", "+inf", limit(0, 5)), Texts{"two"});
    SAME(db.zincrby("{z}a", 2, "one"), 3.5);
    SAME(db.zunionstore("{z}to", "{z}a", "{z}none"), 2);
    SAME(db.zpopmax("{z}a", 1), Scored{{"one", 3.5}});
    SAME(db.zcount("{z}a", "-inf", "+inf"), 1);
}

void others(Cluster& db) {
    SAME(db.setbit("bits", 7, 1), false);
    SAME(db.getbit("bits", 7), true);
    SAME(db.bitcount("bits"), 1);
    SAME(db.pfadd("log", "a", "b"), true);
    SAME(db.pfcount("log"), 2);
    SAME(db.geoadd("geo", 13.4, 52.5, "berlin", 9.99, 53.55, "hamburg"), 2);
    SAME(db.geosearch_around("geo", "berlin", 300, "km"), Texts{"berlin", "hamburg"});
    const auto distance = db.geodist("geo", "berlin", "hamburg", "km").wait();
    expect(distance && *distance && **distance > 250 && **distance < 260, "geodist", "another");
    SAME(db.xadd("stream", "1-1", "f", "v"), "1-1");
    const std::vector<std::pair<std::string, Fields>> entries{{"1-1", {{"f", "v"}}}};
    SAME(db.xrange("stream", "-", "+"), entries);
    DONE(db.xgroup_create("stream", "group", "0"));
    const auto read = db.xreadgroup("group", "me", 10, "stream", ">").wait();
    expect(read && read->find("stream") != nullptr, "xreadgroup", "no stream");
    SAME(db.xack("stream", "group", "1-1"), 1);
    SAME(db.command<std::string>("EVAL", "return KEYS[1] .. ARGV[1]", 1, "k", "v"), "kv");
    SAME(db.command<int>("ZINTERSTORE", "{z}i", 2, "{z}to", "{z}to"), 2);
    SAME(db.command<std::string>("OBJECT", "ENCODING", "bits"), "raw");
}

Task<void> in_a_coroutine(Cluster& db, bool& well) {
    const auto set = co_await db.set(std::string("{w}coroutine"), std::string(300, 'x'), ex(24h));
    if (const auto got = co_await db.get("{w}coroutine"); got && *got)
        well = set && (*got)->size() == 300;
}

void ways_of_running(Cluster& db) {
    bool well = false;
    run(in_a_coroutine(db, well));
    expect(well, "co_await", "another value");
    auto future = db.get("{w}coroutine").future();
    const auto result = future.get();
    expect(result && *result && (*result)->size() == 300, "future", "another value");
    std::promise<std::size_t> length;
    db.get<std::string_view>("{w}coroutine").then([&](auto view) {
        length.set_value(view && *view ? (*view)->size() : 0);
    });
    expect(length.get_future().get() == 300, "then with a view", "another length");
}

}  // namespace

int main(int count, char** arguments) {
    auto db = Cluster::connect(arguments[1]);
    if (!db) {
        std::printf("%s\n", to_string(db.error()).c_str());
        return 1;
    }
    strings(*db);
    ways_of_running(*db);
    if (count < 3 || std::strcmp(arguments[2], "strings") != 0) {
        hashes(*db);
        lists_and_sets(*db);
        sorted_sets(*db);
        others(*db);
    }
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
