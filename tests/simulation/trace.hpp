#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/time.hpp"
#include "simulation/timeline.hpp"

namespace lodge::test {

/// What happened, as a running digest, so that two runs of a seed can be compared; and what was
/// found wrong. With `told`, as lines on stderr too.
class Trace {
 public:
  Trace(const Timeline& timeline, bool told) : timeline_(timeline), told_(told) {}

  void line(std::string_view what) {
    for (const char c : what) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    digest_ = (digest_ ^ static_cast<std::uint64_t>(timeline_.now().time_since_epoch().count())) *
              0x100000001b3U;
    if (!told_) return;
    const auto second = (timeline_.now() - Time(std::chrono::days(20'000))).count();
    std::fprintf(stderr, "%9.3f %.*s\n", static_cast<double>(second) / 1000,
                 static_cast<int>(what.size()), what.data());
  }
  void wrong(const std::string& sentence) {
    line("WRONG: " + sentence);
    if (wrongs_.size() < 10) wrongs_.push_back(sentence);
  }
  [[nodiscard]] bool told() const { return told_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] const std::vector<std::string>& wrongs() const { return wrongs_; }

 private:
  const Timeline& timeline_;
  bool told_;
  std::uint64_t digest_ = 0xcbf29ce484222325U;
  std::vector<std::string> wrongs_{};
};

}  // namespace lodge::test
