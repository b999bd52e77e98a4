#include "storage/sqlite/allocation_faults.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <new>
#include <utility>

namespace lodge::test {
namespace {

struct Plan {
  std::int64_t left = 0;  // 0: nothing planned
  bool for_good = false;
  std::int64_t hits = 0;
};

thread_local Plan plan;

bool must_fail() {
  if (plan.left == 0) return false;
  if (plan.left > 1) {
    --plan.left;
    return false;
  }
  if (!plan.for_good) plan.left = 0;
  ++plan.hits;
  return true;
}

sqlite3_mem_methods real;

void* take(int size) { return must_fail() ? nullptr : real.xMalloc(size); }
void* resize(void* bytes, int size) { return must_fail() ? nullptr : real.xRealloc(bytes, size); }

/// SQLite's memory can only be replaced before its first use.
[[maybe_unused]] const bool installed = [] {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK) return false;
  sqlite3_mem_methods faulty = real;
  faulty.xMalloc = take;
  faulty.xRealloc = resize;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty) == SQLITE_OK;
}();

}  // namespace

AllocationFaults::AllocationFaults(std::int64_t nth, bool for_good) { plan = {nth, for_good, 0}; }
AllocationFaults::~AllocationFaults() { plan.left = 0; }
std::int64_t AllocationFaults::hits() { return plan.hits; }

Spared::Spared() : left_(std::exchange(plan.left, 0)) {}
Spared::~Spared() { plan.left = left_; }

void* allocate(std::size_t size) {
  if (must_fail()) throw std::bad_alloc();
  if (void* bytes = std::malloc(size == 0 ? 1 : size)) return bytes;
  throw std::bad_alloc();
}

}  // namespace lodge::test

void* operator new(std::size_t size) { return lodge::test::allocate(size); }
void* operator new[](std::size_t size) { return lodge::test::allocate(size); }
// A sanitizer's own would not come here, but its memory would come to the delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return lodge::test::allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* bytes) noexcept { std::free(bytes); }
void operator delete[](void* bytes) noexcept { std::free(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { std::free(bytes); }
void operator delete[](void* bytes, std::size_t) noexcept { std::free(bytes); }
