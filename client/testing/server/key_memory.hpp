#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "client/testing/server/ledger.hpp"

namespace lodge::reference {

/// What a key stands for. Two requests are the same when all of it is equal.
struct Asked {
  Method method = Method::put;
  std::string path{};          ///< as sent, still percent-encoded
  std::string precondition{};  ///< the If-Match and If-None-Match fields
  SharedText body{};

  bool operator==(const Asked& other) const {
    return method == other.method && path == other.path && precondition == other.precondition &&
           (body == other.body || *body == *other.body);
  }
};

/// The server's memory of Idempotency-Keys. A key belongs to the person who sent it (not to the
/// token: tokens are refreshed between repeats), so nobody is shown another's answer.
///
/// A key is remembered from its first well-formed request on, but an answer is replayed only when
/// there was an effect. A refusal changed nothing and is judged anew: the world may have moved.
/// Not thread-safe. A server with several threads must also answer 409 while the first is running.
class KeyMemory {
 public:
  struct Entry {
    Asked asked{};
    std::uint64_t effect = 0;  ///< its row in the ledger; 0: nothing happened so far
    Time at{};                 ///< when the key was first seen
  };
  using Name = std::pair<std::string, std::string>;  ///< person, key

  /// Keys older than `lifetime` are forgotten; without one they are kept for ever.
  explicit KeyMemory(std::optional<Duration> lifetime) : lifetime_(lifetime) {}

  /// The entry, or null. Expired ones are gone.
  Entry* find(const Name& name, Time now);

  /// Remembers a key that find() did not know. The reference holds until the next call.
  Entry& remember(Name name, Asked asked, Time now);

  void clear();
  [[nodiscard]] const std::map<Name, Entry>& entries() const { return entries_; }

 private:
  void forget_expired(Time now);

  std::optional<Duration> lifetime_;
  std::map<Name, Entry> entries_;
  std::deque<std::pair<Time, Name>> oldest_first_;
};

}  // namespace lodge::reference
