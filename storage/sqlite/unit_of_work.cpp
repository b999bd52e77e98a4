#include "storage/sqlite/unit_of_work.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "lodge/error.hpp"

namespace lodge::storage {
namespace {

/// The same error for another caller, on another thread: an object is not shared between them.
std::exception_ptr copy_of(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const Error& reason) {
    try {
      return std::make_exception_ptr(Error(reason.code(), std::string(reason.what())));
    } catch (...) {
      return std::current_exception();
    }
  } catch (const std::bad_alloc&) {
    return std::make_exception_ptr(std::bad_alloc());
  } catch (...) {
    return error;
  }
}

}  // namespace

std::ptrdiff_t count_alive(Units units) {
  return std::count_if(units.begin(), units.end(), [](const auto* work) { return !work->error; });
}

void fail_all(Units units, const std::exception_ptr& error) {
  for (auto* work : units)
    if (!work->error) work->error = copy_of(error);
}

}  // namespace lodge::storage
