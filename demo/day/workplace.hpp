#pragma once

#include <string>

namespace lodge::demo {

/// The folder of the day's store: a fresh temporary one that goes with this object, or one to keep.
class Workplace {
 public:
  /// `keep`: a folder, made (0700) where missing; empty: a temporary one. Throws UsageError when it
  /// holds a store already, std::runtime_error when it cannot be made.
  explicit Workplace(const std::string& keep);
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace();

  [[nodiscard]] std::string store() const { return folder_ + "/store.lodge"; }

 private:
  std::string folder_;
  bool keeps_ = false;
};

}  // namespace lodge::demo
