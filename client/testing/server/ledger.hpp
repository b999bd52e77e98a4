#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/record.hpp"
#include "lodge/time.hpp"
#include "lodge/transport.hpp"

namespace lodge::reference {

/// Bytes that several owners keep without copies. Never null where a docstring does not say so.
using SharedText = std::shared_ptr<const std::string>;

/// One change of one record at the server.
struct Effect {
  std::uint64_t sequence = 0;  ///< 1, 2, ... without gaps
  Time at{};
  std::string by{};   ///< who signed in; empty when the server asks for no token
  std::string key{};  ///< the Idempotency-Key, unquoted; empty when none was sent
  Method method = Method::put;
  RecordId record{};
  std::optional<std::string>
      before{};                        ///< the ETag that was replaced; empty: there was no document
  std::optional<std::string> after{};  ///< the new ETag; empty: removed
  SharedText body{};                   ///< the document as sent; an empty text when removed
};

/// What came in, whether or not it changed anything.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t reads = 0;       ///< GET, whatever the answer
  std::uint64_t replays = 0;     ///< answered from the key memory
  std::uint64_t key_reuses = 0;  ///< 422: a key came back with another request
  std::uint64_t refusals = 0;    ///< answers of 400 and above, key reuses included
};

/// Everything that ever took effect, in order: the judge of "once, and in order".
/// Not thread-safe. Rows are never changed or removed.
class Ledger {
 public:
  /// Appends a row; its sequence is set here.
  const Effect& append(Effect effect);

  [[nodiscard]] const std::deque<Effect>& effects() const { return effects_; }
  [[nodiscard]] const Effect& effect(std::uint64_t sequence) const {
    return effects_.at(sequence - 1);
  }

  /// The rows of one key or record, oldest first.
  [[nodiscard]] std::vector<const Effect*> of_key(std::string_view key) const;
  [[nodiscard]] std::vector<const Effect*> of_record(const RecordId& record) const;

  /// Keys with more than one effect: each is a doubled form. Empty on a good day.
  [[nodiscard]] std::vector<std::string> doubled_keys() const;

  Tally tally{};

 private:
  std::deque<Effect> effects_;
  std::map<std::string, std::vector<std::uint64_t>, std::less<>> by_key_;
  std::map<RecordId, std::vector<std::uint64_t>> by_record_;
};

}  // namespace lodge::reference
