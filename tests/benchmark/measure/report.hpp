#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchmark/measure/statistics.hpp"

namespace lodge::benchmark {

/// What a figure is to reach, printed beside it.
struct Goal {
  enum class Kind { at_least, at_most };
  Kind kind = Kind::at_least;
  double value = 0;
};
inline Goal at_least(double value) { return {Goal::Kind::at_least, value}; }
inline Goal at_most(double value) { return {Goal::Kind::at_most, value}; }

/// One line of the table.
struct Figure {
  std::string family{};
  std::string goal_name{};  ///< "S1", as in docs/performance.md; empty: for information
  std::string what{};
  double value = 0;
  std::string unit{};
  std::optional<Spread> spread{};
  std::optional<Goal> goal{};
  bool too_noisy = false;  ///< the machine was busy: no answer, rather than a wrong one
  std::string note{};
};

/// Collects figures, printing each as it comes.
class Report {
 public:
  explicit Report(std::string family) : family_(std::move(family)) {}
  void add(Figure figure);
  void say(const std::string& words);
  [[nodiscard]] const std::vector<Figure>& figures() const { return figures_; }

 private:
  std::string family_;
  std::vector<Figure> figures_{};
};

[[nodiscard]] bool is_met(const Figure& figure);

/// All figures and what they were measured on, as JSON.
std::string as_json(const std::vector<Figure>& figures);

}  // namespace lodge::benchmark
