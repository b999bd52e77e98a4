#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "demo/forms.hpp"
#include "lodge/client.hpp"

namespace lodge::demo {

/// What people did.
struct Deeds {
  int forms = 0;          ///< filed for the first time, the child's included
  int changed = 0;        ///< a record's later filings
  int double_clicks = 0;  ///< submits repeated on the same draft
  int removed = 0;
  int withdrawn = 0;
  int amended = 0;
  int deferred = 0;
  int found_after_kill = 0;  ///< durable, although the child was killed before it said so
  int settled_ours = 0;
  int settled_theirs = 0;
  int settled_merged = 0;
};

/// Where people fill in forms: the client that delivers, and what was acknowledged to them.
class Desk {
 public:
  explicit Desk(Options options);

  /// Opens the store again, as after a restart; `deliver` false: only to look.
  void open(bool deliver);
  void close() { client_.reset(); }
  [[nodiscard]] Client& client() { return *client_; }

  /// Files a form for the first time.
  Submission file(const Form& form);
  /// The same, with both clicks of a double click. Throws std::logic_error when they made two.
  Submission file_twice(const Form& form);
  /// Files a form for a day in the past, in the lane "deferred".
  Submission file_deferred(const Form& form, Time effective_at);
  /// Changes the newest content known of the record.
  Submission change(const RecordId& record, const std::function<void(nlohmann::json&)>& edit);
  /// Corrects a rejected submission.
  Submission amend(const SubmissionId& id, const std::function<void(nlohmann::json&)>& edit);
  void remove(const RecordId& record);
  void withdraw(const SubmissionId& id);
  void settle(const Conflict& conflict, const Resolution& resolution);

  /// A child said that it filed, or found, this one.
  void child_filed(const SubmissionId& id);
  void child_found(const SubmissionId& id);

  /// The reasons for which the oldest unsettled forms are held, and how many each. Also kept in
  /// seen().
  std::map<HoldReason, int> holds(int looked_at = 50);
  [[nodiscard]] const std::set<HoldReason>& seen() const { return seen_; }

  [[nodiscard]] const std::set<SubmissionId>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const Deeds& deeds() const { return deeds_; }

 private:
  Submission submit(Draft draft, const SubmitOptions& options = {});
  std::string next_filing(const RecordId& record);

  const Options options_;
  std::unique_ptr<Client> client_;
  std::set<SubmissionId> acknowledged_;
  std::set<HoldReason> seen_;
  std::map<RecordId, int> filings_;
  Deeds deeds_;
};

}  // namespace lodge::demo
