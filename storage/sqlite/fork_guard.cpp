#include "storage/sqlite/fork_guard.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "lodge/error.hpp"

namespace lodge::storage {
namespace {

/// The process that has something open (upper half), and how much (lower half). In one word, so
/// that no lock can be left held by a fork.
constinit std::atomic<std::uint64_t> open_here{0};

std::uint64_t opened_by(pid_t process, std::uint64_t count) {
  return static_cast<std::uint64_t>(process) << 32U | count;
}

}  // namespace

ForkGuard::ForkGuard() {
  const pid_t here = getpid();
  std::uint64_t known = open_here.load();
  std::uint64_t next = 0;
  do {
    const std::uint64_t count = known & 0xffffffffU;
    if (count > 0 && known != opened_by(here, count))
      throw Error(Errc::wrong_process,
                  "This process was forked from one that had a store open, and SQLite cannot be "
                  "used safely in it. Open the store after exec, or fork before any store is "
                  "open.");
    next = opened_by(here, count + 1);
  } while (!open_here.compare_exchange_weak(known, next));
}

ForkGuard::~ForkGuard() {
  // What the parent has open stays open, whatever a child does with its copies.
  if (open_here.load() >> 32U == static_cast<std::uint64_t>(getpid())) open_here.fetch_sub(1);
}

}  // namespace lodge::storage
