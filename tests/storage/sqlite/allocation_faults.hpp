#pragma once

#include <cstdint>

namespace lodge::test {

/// Makes memory run out on the calling thread, for `new` and for SQLite alike, while it lives: the
/// `nth` allocation from now on fails (1: the next), once or, `for_good`, with all that follow.
class AllocationFaults {
 public:
  AllocationFaults(std::int64_t nth, bool for_good);
  ~AllocationFaults();
  AllocationFaults(const AllocationFaults&) = delete;
  AllocationFaults& operator=(const AllocationFaults&) = delete;

  /// Allocations refused on this thread since the last of these began.
  static std::int64_t hits();
};

/// While it lives, the calling thread gets memory whatever is planned: for what a test does beside
/// the library.
class Spared {
 public:
  Spared();
  ~Spared();
  Spared(const Spared&) = delete;
  Spared& operator=(const Spared&) = delete;

 private:
  std::int64_t left_;
};

}  // namespace lodge::test
