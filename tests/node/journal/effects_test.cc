#include "node/journal/effects.h"

#include <catch2/catch.hpp>

using grapevine::node::journal::Effects;

namespace {

const std::string select_0 = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
const std::string select_12 = "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n";
const std::string multi = "*1\r\n$5\r\nMULTI\r\n";
const std::string exec = "*1\r\n$4\r\nEXEC\r\n";

std::string del(const std::string& key) {
    return "*2\r\n$3\r\nDEL\r\n$1\r\n" + key + "\r\n";
}

Effects listening_effects() {
    Effects effects;
    effects.listen(true);
    return effects;
}

}  // namespace

TEST_CASE("effects are kept only while somebody listens", "[journal]") {
    Effects effects;
    effects.record(0, {"DEL", "a"});
    CHECK(effects.empty());

    effects.listen(true);
    effects.record(0, {"DEL", "b"});
    CHECK(effects.take() == select_0 + del("b"));
    CHECK(effects.empty());
}

TEST_CASE("the database is selected when it changes, and once in each batch", "[journal]") {
    Effects effects = listening_effects();

    effects.record(0, {"DEL", "a"});
    effects.record(0, {"DEL", "b"});
    effects.record(12, {"DEL", "c"});
    CHECK(effects.take() == select_0 + del("a") + del("b") + select_12 + del("c"));

    effects.record(12, {"DEL", "d"});
    CHECK(effects.take() == select_12 + del("d"));
}

TEST_CASE("a group of several commands is a transaction", "[journal]") {
    Effects effects = listening_effects();
    effects.record(0, {"DEL", "a"});

    effects.begin();
    effects.record(0, {"DEL", "b"});
    effects.begin();
    effects.record(0, {"DEL", "c"});
    effects.commit();
    effects.commit();

    CHECK(effects.take() == select_0 + del("a") + multi + del("b") + del("c") + exec);
}

TEST_CASE("a group of one command or none needs no transaction", "[journal]") {
    Effects effects = listening_effects();

    effects.begin();
    effects.commit();
    CHECK(effects.empty());

    effects.begin();
    effects.record(0, {"DEL", "a"});
    effects.commit();
    CHECK(effects.take() == select_0 + del("a"));
}
