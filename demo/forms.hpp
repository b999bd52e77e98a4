#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "lodge/record.hpp"

namespace lodge::demo {

/// A form that somebody really filed: the record it is about, and its content.
struct Form {
  RecordId record{};
  nlohmann::json content{};
};

/// The 500 wildlife strike reports of demo/data, in the order of the file, compiled in.
/// Record: {"strikes", "1990-01-08-001"}: the day of the flight and the row's number.
/// Content: airport, state, date ("1990-01-08"), time_of_day, phase, damage: text; speed_knots:
/// number; aircraft {model, operator}; wildlife {species, size}; cost_dollars {repair, other,
/// total}: numbers. What was not reported is null.
std::vector<Form> wildlife_strike_forms();

/// The same from CSV text with the same header. Throws std::invalid_argument when a column is
/// missing, a row has another number of cells, or a number is none.
std::vector<Form> strike_forms(std::string_view csv);

}  // namespace lodge::demo
