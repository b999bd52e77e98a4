#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "storage/history/history_log.hpp"
#include "storage/sqlite/commit_queue.hpp"

namespace lodge::test {

/// Adds a history entry that can be told from others by its reason.
inline void add_entry(storage::Database& database, const std::string& why) {
  storage::append_entry(database, {.who = "test", .action = "made", .why = why});
}

inline std::int64_t number_in(storage::Database& database, const std::string& sql) {
  storage::Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : -1;
}

inline std::int64_t count_entries(storage::CommitQueue& queue) {
  std::int64_t count = 0;
  queue.read([&](storage::Database& database) {
    count = number_in(database, "SELECT count(*) FROM history");
  });
  return count;
}

inline bool has_entry(storage::CommitQueue& queue, const std::string& why) {
  bool found = false;
  queue.read([&](storage::Database& database) {
    storage::Statement statement(database, "SELECT 1 FROM history WHERE why = ?1");
    found = statement.bind(1, why).step();
  });
  return found;
}

/// Runs `work(0)` ... `work(count - 1)`, each on a thread of its own, and waits for all.
inline void on_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (auto& thread : threads) thread.join();
}

}  // namespace lodge::test
