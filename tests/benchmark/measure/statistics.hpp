#pragma once

#include <cstddef>
#include <vector>

namespace lodge::benchmark {

/// The value below which `share` (0 to 1) of them lie; 0 of none.
double quantile(std::vector<double> values, double share);

inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// A median with its quartiles.
struct Spread {
  double middle = 0;
  double low = 0;
  double high = 0;
};
Spread spread_of(const std::vector<double>& values);

}  // namespace lodge::benchmark
