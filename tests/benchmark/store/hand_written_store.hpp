#pragma once

#include <string>

namespace lodge::benchmark {

/// What is often written by hand: SQLite's default journal, an outbox and a history with an index
/// each, every insert its own transaction, statements not prepared.
class HandWrittenStore {
 public:
  explicit HandWrittenStore(const std::string& path);
  ~HandWrittenStore();
  HandWrittenStore(const HandWrittenStore&) = delete;
  HandWrittenStore& operator=(const HandWrittenStore&) = delete;

  void submit(const std::string& text);
  /// The oldest row and its number; 0: none.
  long oldest(std::string& text);
  void remove(long number);

 private:
  void* handle_ = nullptr;
};

}  // namespace lodge::benchmark
