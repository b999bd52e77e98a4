#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lodge/history.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Recomputes the chain page by page. The pages may be read in snapshots of their own, since
/// entries never change; so a long history is verified without keeping the log from being cut.
class ChainVerifier {
 public:
  /// Checks up to `limit` further entries; false when there was none left, or one was bad.
  bool check_page(Database& database, int limit);
  [[nodiscard]] Verdict verdict() const;

 private:
  void check(Database& database, const Statement& row);
  bool is_text_intact(Database& database, std::int64_t content);
  void fail(std::int64_t number, const char* what);

  std::int64_t last_ = 0;
  Digest head_{};
  std::optional<std::int64_t> first_bad_{};
  std::string what_{};
  std::vector<bool> intact_texts_{};  // by number: a text is named by more than one entry
};

}  // namespace lodge::storage
