#include "slots/redirect.h"

#include <catch2/catch.hpp>

using namespace grapevine::slots;

TEST_CASE("a redirection reads what it writes", "[slots]") {
    const Redirect moved{Redirect::Kind::moved, Slot{3999}, {"10.0.0.7", 6379, 0}};
    const Redirect ask{Redirect::Kind::ask, Slot{0}, {"::1", 7001, 0}};
    const Redirect same_host{Redirect::Kind::moved, Slot{5}, {"", 7002, 0}};

    CHECK(to_error(moved).text == "MOVED 3999 10.0.0.7:6379");
    CHECK(parse_redirect("MOVED 3999 10.0.0.7:6379") == moved);
    CHECK(parse_redirect(to_error(ask).text) == ask);
    CHECK(parse_redirect(to_error(same_host).text) == same_host);
}

TEST_CASE("what is no redirection is told from one", "[slots]") {
    for (const auto* text : {"ERR no", "MOVED", "MOVED 1", "MOVED x h:1", "MOVED 16384 h:1",
                             "MOVED 1 h:99999", "MOVED 1 h", "ASK 1 h:", "MOVED :1 2"}) {
        CHECK_FALSE(parse_redirect(text));
    }
}

TEST_CASE("an error's first word is its code", "[slots]") {
    CHECK(cross_slot_error().code() == "CROSSSLOT");
    CHECK(Error{"OK"}.code() == "OK");
}
