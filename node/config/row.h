// One row for each directive: the one place where its name, its shape and its status stand.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/config/config.h"
#include "node/config/shape.h"

namespace grapevine::node::config {

enum class Status : std::uint8_t {
    works,
    tunes,     // Merely tunes: accepted without an effect.
    promises,  // Would promise what we do not keep yet: refused unless the user accepts it.
};

enum class Change : std::uint8_t {
    any_time,       // By CONFIG SET as well.
    at_start,       // By the configuration file and the command line only.
    by_permission,  // By CONFIG SET only where enable-protected-configs allows it.
    unseen,         // Not a parameter: CONFIG knows nothing of it ("include", "user").
};

struct Row {
    std::string_view name;
    Shape shape;
    Status status = Status::works;
    Change change = Change::any_time;
    std::string_view alias = {};  // An older name that works as well.
    std::string_view standard =
        {};  // The default of a row that does not work; others: Config's own.
    std::string_view missing = {};  // What is not kept of a promise.
    bool gathers = false;           // Repeated lines add up instead of replacing each other.
    bool secret = false;            // Complaints about its value do not repeat it.

    // The value as CONFIG GET prints it, and back from that form.
    std::string (*print)(const Row& row, const Config& config) = nullptr;
    void (*assign)(const Row& row, Config& config, const std::string& value) = nullptr;

    Row also(std::string_view other_name) const;
    Row when(Change moment) const;
    Row gathering() const;
    Row secretly() const;
};

// All rows, those that work first.
const std::vector<Row>& rows();
std::vector<Row> rows_that_work();
std::vector<Row> rows_without_effect();

// By name or alias, in any case. Null when there is none.
const Row* find_row(std::string_view name);
// The known name that takes the fewest edits to reach.
std::string_view nearest_name(std::string_view unknown);

// Reads the words behind a directive into `config`. Errors: see canonical().
Result<void> read_words(const Row& row, Words words, Config& config);

}  // namespace grapevine::node::config
