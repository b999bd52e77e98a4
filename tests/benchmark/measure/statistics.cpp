#include "benchmark/measure/statistics.hpp"

#include <algorithm>

namespace lodge::benchmark {

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const double place = share * static_cast<double>(values.size() - 1);
  const auto at = static_cast<std::size_t>(place);
  std::ranges::sort(values);
  if (at + 1 >= values.size()) return values.back();
  return values[at] + (place - static_cast<double>(at)) * (values[at + 1] - values[at]);
}

Spread spread_of(const std::vector<double>& values) {
  return {quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75)};
}

}  // namespace lodge::benchmark
