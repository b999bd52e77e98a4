#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <span>

namespace lodge::storage {

class Database;

/// A caller's unit of work on its way to disk.
struct UnitOfWork {
  const std::function<void(Database&)>* unit = nullptr;
  std::exception_ptr error{};  ///< set when it failed: it then changed nothing
};

/// Units that are committed together. Some may have failed already.
using Units = std::span<UnitOfWork* const>;

/// How many of them have not failed.
[[nodiscard]] std::ptrdiff_t count_alive(Units units);

/// Those that have not failed fail with this error, each with a copy of its own.
void fail_all(Units units, const std::exception_ptr& error);

}  // namespace lodge::storage
