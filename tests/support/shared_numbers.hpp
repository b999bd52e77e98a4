#pragma once

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <thread>

namespace lodge::test {

/// A few numbers that processes forked later share with this one. All begin at 0.
class SharedNumbers {
 public:
  static constexpr std::size_t size = 16;
  using Number = std::atomic<std::int64_t>;

  SharedNumbers()
      : place_(mmap(nullptr, sizeof(Numbers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                    -1, 0)) {
    if (place_ == MAP_FAILED) throw std::runtime_error("no memory to share");
    new (place_) Numbers{};
  }
  ~SharedNumbers() { munmap(place_, sizeof(Numbers)); }
  SharedNumbers(const SharedNumbers&) = delete;
  SharedNumbers& operator=(const SharedNumbers&) = delete;

  Number& operator[](std::size_t which) const { return numbers().at(which); }

  /// Returns when `all` have come to this number, as nearly at once as the machine can.
  void meet(std::size_t which, std::int64_t all) const {
    Number& here = numbers().at(which);
    ++here;
    while (here < all) std::this_thread::yield();
  }

 private:
  using Numbers = std::array<Number, size>;
  [[nodiscard]] Numbers& numbers() const { return *static_cast<Numbers*>(place_); }
  void* place_;
};

}  // namespace lodge::test
