#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lodge/error.hpp"
#include "lodge/submission.hpp"

namespace lodge::storage::test {

/// What the store must do, in the smallest words: which calls are refused, which state each
/// submission is in, which drafts there are and what may be sent.
class StoreModel {
 public:
  struct Form {
    SubmissionId id{};
    std::string key{};
    std::string text{};  ///< empty: a removal
    State state = State::pending;
    bool in_doubt = false;
    int place = 0;
    int request = 0;
  };
  struct StoredDraft {
    SubmissionId id{};
    std::uint64_t revision = 0;
    std::int64_t session = 0;
    std::string text{};
  };
  /// An attempt under way, or one that ended and whose answer may still come.
  struct Sent {
    std::int64_t attempt = 0;
    std::size_t form = 0;
    int request = 0;
    bool open = true;
  };
  using Answer = std::optional<Errc>;  ///< the error that the call ends with
  using Slot = std::pair<std::string, std::string>;

  Answer save(const Slot& slot, const Draft& draft, const std::string& text,
              const SubmissionId& fresh);
  Answer submit(const Slot& slot, const Draft& draft, const std::string& text);
  Answer discard(const SubmissionId& id);
  void remove(const SubmissionId& id, const std::string& key);
  Answer withdraw(std::size_t form, bool with_followers, bool accept);
  bool retry(std::size_t form);
  Answer resolve(std::size_t form, bool theirs, const SubmissionId& fresh, const std::string& text);
  bool may_claim(std::size_t form) const;
  void claimed(std::size_t form, std::int64_t attempt, bool first_request);
  void settled(std::size_t sent, State state, bool next_request);
  void begin_epoch();

  [[nodiscard]] std::set<SubmissionId> due() const;
  [[nodiscard]] std::optional<std::size_t> find(const SubmissionId& id) const;

  std::vector<Form> forms{};
  std::map<Slot, StoredDraft> drafts{};
  std::vector<Sent> sent{};

 private:
  std::size_t add(const SubmissionId& id, const std::string& key, const std::string& text);
  void replace(std::size_t form, const SubmissionId& id, const std::string& text);
  [[nodiscard]] bool is_head(std::size_t form) const;
  [[nodiscard]] bool is_on_the_wire(const std::string& key) const;
  std::map<std::string, int> places_{};
};

}  // namespace lodge::storage::test
