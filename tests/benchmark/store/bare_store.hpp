#pragma once

#include <memory>
#include <string>

namespace lodge::benchmark {

/// The limit: SQLite alone, writing the rows and indexes that lodge's submit writes, by prepared
/// statements in one transaction, WAL and synchronous=FULL. No checks, no triggers, no digests, no
/// locks among processes.
class BareStore {
 public:
  explicit BareStore(const std::string& path, const std::string& vfs = {});
  ~BareStore();
  BareStore(const BareStore&) = delete;
  BareStore& operator=(const BareStore&) = delete;

  void submit(const std::string& text);
  /// A draft's new text with its history entry, as lodge's save writes.
  void save(const std::string& text);
  /// That many in one transaction.
  void submit_many(const std::string& text, int count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::benchmark
