#include "demo/forms.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "demo/csv.hpp"

namespace lodge::demo {

extern const std::string_view wildlife_strikes_csv;  // made by forms.cmake from the file in data/

namespace {

using nlohmann::json;

// One row, its cells by column name.
class Report {
 public:
  Report(const CsvRow& columns, const CsvRow& cells) : columns_(columns), cells_(cells) {
    if (cells.size() != columns.size()) {
      throw std::invalid_argument("a report has another number of cells than the header");
    }
  }

  [[nodiscard]] const std::string& cell(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column);
    if (found == columns_.end()) {
      throw std::invalid_argument("the reports lack the column " + std::string(column));
    }
    return cells_[static_cast<std::size_t>(found - columns_.begin())];
  }

  [[nodiscard]] json text(std::string_view column) const {
    return cell(column).empty() ? json(nullptr) : json(cell(column));
  }

  [[nodiscard]] json number(std::string_view column) const {
    const std::string& digits = cell(column);
    if (digits.empty()) return nullptr;
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) {
      throw std::invalid_argument("not a whole number in the column " + std::string(column));
    }
    return value;
  }

 private:
  const CsvRow& columns_;
  const CsvRow& cells_;
};

json content_of(const Report& report) {
  return {{"airport", report.text("Airport Name")},
          {"state", report.text("Origin State")},
          {"date", report.text("Flight Date")},
          {"time_of_day", report.text("Time of day")},
          {"phase", report.text("Phase of flight")},
          {"damage", report.text("Effect Amount of damage")},
          {"speed_knots", report.number("Speed IAS in knots")},
          {"aircraft",
           {{"model", report.text("Aircraft Make Model")},
            {"operator", report.text("Aircraft Airline Operator")}}},
          {"wildlife",
           {{"species", report.text("Wildlife Species")}, {"size", report.text("Wildlife Size")}}},
          {"cost_dollars",
           {{"repair", report.number("Cost Repair")},
            {"other", report.number("Cost Other")},
            {"total", report.number("Cost Total $")}}}};
}

std::string key_of(const Report& report, std::size_t row) {
  char number[24];
  std::snprintf(number, sizeof number, "-%03zu", row);
  return report.cell("Flight Date") + number;
}

}  // namespace

std::vector<Form> strike_forms(std::string_view csv) {
  const auto rows = read_csv(csv);
  if (rows.empty()) throw std::invalid_argument("the reports lack their header");
  std::vector<Form> forms;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    const Report report(rows.front(), rows[row]);
    forms.push_back({{"strikes", key_of(report, row)}, content_of(report)});
  }
  return forms;
}

std::vector<Form> wildlife_strike_forms() { return strike_forms(wildlife_strikes_csv); }

}  // namespace lodge::demo
