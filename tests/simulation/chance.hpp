#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "lodge/time.hpp"

namespace lodge::test {

/// Chance that is the same on every machine: SplitMix64 from a seed.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// 0 to n - 1.
  int below(int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); }
  int between(int first, int last) { return first + below(last - first + 1); }
  bool percent(int share) { return below(100) < share; }
  /// Waits as between independent events: short ones often, ten times the mean at most.
  Duration around(Duration mean) {
    const double even = (static_cast<double>(bits() >> 11) + 1) / 9007199254740993.0;
    const double times = std::fmin(-std::log(even), 10);
    return Duration(1 + static_cast<std::int64_t>(static_cast<double>(mean.count()) * times));
  }
  Duration between(Duration shortest, Duration longest) {
    const auto room = static_cast<std::uint64_t>((longest - shortest).count()) + 1;
    return shortest + Duration(static_cast<std::int64_t>(bits() % room));
  }
  template <class Some>
  auto& one_of(Some& some) {
    return some[static_cast<std::size_t>(below(static_cast<int>(std::size(some))))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace lodge::test
