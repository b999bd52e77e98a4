#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/conflict.hpp"
#include "lodge/draft.hpp"
#include "lodge/history.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

struct StoreOptions {
  std::string path{};
  std::string vfs{};
  bool power_safe_overwrite = true;
  std::int64_t outbox_limit = 1'000'000;              ///< unsettled submissions
  std::int64_t outbox_bytes = std::int64_t{4} << 30;  ///< of their texts
  std::chrono::milliseconds busy_timeout{10'000};     ///< for another process's write
};

/// Who does something, when, and why: every unit of work that modifies gets one.
struct Act {
  Time at{};
  std::string who{};
  std::string why{};
};

/// What edit() chooses its start from, read in one snapshot.
struct EditFacts {
  std::optional<Draft> draft{};        ///< the saved draft of this record, identity and lane
  std::optional<Submission> head{};    ///< first unsettled submission of the record
  std::optional<Submission> newest{};  ///< newest unsettled submission of this identity
  Record record{};
  ContentNumber head_content = 0;
  ContentNumber newest_content = 0;
  ContentNumber record_content = 0;
};

struct SaveDraft {
  Draft draft{};
  std::string bytes{};      ///< its content, sealed by the caller
  SubmissionId fresh_id{};  ///< for a draft that turns out to be submitted already
  bool autosave = false;    ///< history entries at most every 10 s
};

struct SubmitDraft {
  Draft draft{};
  std::string bytes{};
  std::optional<Time> effective_at{};
};

struct RemoveRecord {
  SubmissionId id{};
  RecordId record{};
  std::string identity{};
  std::string lane{normal_lane};
  std::optional<Version> version{};  ///< what the caller has seen
};

/// Which submissions a call is about; members combine by "and".
struct SubmissionFilter {
  std::optional<SubmissionId> id{};
  std::optional<std::string> collection{};
  std::optional<std::string> identity{};
  std::optional<std::string> lane{};
  std::optional<State> state{};
};

struct OutboxPage {
  SubmissionFilter filter{};
  std::int64_t after_number = 0;
  int limit = 100;
  bool settled_too = false;
};

/// Counts and marks for status, all kept, none counted.
struct Tally {
  std::int64_t counts[state_count] = {};
  std::optional<Time> oldest_unsettled{};
  std::int64_t delivered_up_to = 0;  ///< every submission up to this number is settled
  std::optional<Time> last_delivery{};
  std::int64_t drafts = 0;
  std::int64_t history_entries = 0;
  std::int64_t lost_entries = 0;  ///< known from the mark beside the store
};

/// What the mark beside the store knew of and the store no longer has.
struct Loss {
  std::string action{};      ///< of the history entry: "tail lost", "history replaced", ...
  std::int64_t marked = 0;   ///< the entry that the mark knew
  std::int64_t end = 0;      ///< the store's last entry when that was found
  std::int64_t entries = 0;  ///< how many are missing at least
  std::string words{};
};

/// What is known of a record, noted by who goes to ask the server. Nothing known: all empty.
struct KnownRecord {
  Record record{};
  ContentNumber content = 0;
};

/// What learning came to.
struct Learned {
  bool taken = false;  ///< false: more is known since, and nothing was changed
  std::vector<SubmissionId> stale_drafts{};  ///< drafts that are stale since now
};

/// What an exchange came to, one for each settled and each claim.
struct Exchanged {
  std::vector<Stored> stored{};
  std::vector<Claimed> claimed{};
};

/// The store: every public member is one unit of work, in one transaction, with its history entries
/// inside. What a member did is on disk when it returns. Callable from any thread; concurrent units
/// share commits. Errors: lodge::Error; a failing unit changes nothing and harms no other.
class Store {
 public:
  explicit Store(StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Editing.
  [[nodiscard]] EditFacts edit_facts(const RecordId&, const std::string& identity,
                                     const std::string& lane);
  /// Moves draft.id, revision, base and saved_at on to what is now stored.
  Draft save(const SaveDraft&, const Act&);
  void discard(const SubmissionId& draft, const Act&);
  [[nodiscard]] std::vector<Draft> drafts(const std::optional<std::string>& identity);
  Submission submit(const SubmitDraft&, const Act&);
  /// All or nothing; an Error's sentence names the index of the bad one.
  std::vector<Submission> submit_all(std::span<const SubmitDraft>, const Act&);
  Submission remove(const RemoveRecord&, const Act&);

  // Words of people.
  std::vector<Submission> withdraw(const SubmissionId&, bool with_followers, bool accept_maybe,
                                   const Act&);
  /// Puts rejected submissions back to pending; returns how many.
  std::int64_t retry(const SubmissionFilter&, const Act&);
  /// Ends a conflict. `fresh_id` names the replacement. Empty result: theirs, the form is
  /// withdrawn.
  std::optional<Submission> resolve(const SubmissionId&, Resolution::Kind, const std::string& bytes,
                                    const std::optional<Version>& expected, SubmissionId fresh_id,
                                    const Act&);
  /// Opening the pause of everything opens every pause.
  /// Also ends the back-off of what waits in the streams `hastened`: somebody asked for it.
  void change_gates(std::span<const GateChange>, const Act&,
                    std::span<const std::int64_t> hastened = {});

  // Delivery; called by the one flusher.
  /// Begins a new epoch: attempts left open by an earlier flusher become unconfirmed.
  std::int64_t begin_epoch(const Act&);
  /// The next due submissions of each of these streams, oldest first, at most `limit` of each.
  /// A due time beyond now + horizon (the clock was set back) counts as due.
  [[nodiscard]] std::vector<Due> due(std::span<const std::int64_t> streams, Time now,
                                     Duration horizon, int limit);
  [[nodiscard]] std::optional<Time> next_due(std::span<const std::int64_t> streams);
  std::vector<Claimed> claim(std::span<const Claim>, std::int64_t epoch, Time now);
  std::vector<Stored> settle(std::span<const Settled>, std::span<const GateChange>, const Act&);
  /// settle and claim in one transaction, in this order; the claims find the records as settled.
  Exchanged exchange(std::span<const Settled>, std::span<const GateChange>, std::span<const Claim>,
                     std::int64_t epoch, const Act&);
  /// What refresh learned of a record; marks its drafts stale when their base is another version.
  /// Only where what is known is still `asked_with`, what was known before the request left:
  /// whatever came since, from any process, is newer than the answer or may be.
  Learned learn(const RecordId&, const RecordLearned&, const KnownRecord& asked_with, const Act&);
  /// A digest did not match: the submission is parked as damaged and never sent.
  void park_damaged(const SubmissionId&, const Act&);
  /// Makes every version unknown and every submission that may have been sent check-first.
  void adopt_endpoint(const std::string& endpoint, const Act&);

  // Reading.
  [[nodiscard]] std::optional<Submission> submission(const SubmissionId&);
  [[nodiscard]] std::optional<Due> delivery_facts(const SubmissionId&);
  [[nodiscard]] std::vector<Submission> outbox(const OutboxPage&);
  [[nodiscard]] std::vector<Submission> followers(const SubmissionId&);
  /// The unsettled submission in front of this one in its record; empty when it is the head.
  [[nodiscard]] std::optional<Submission> ahead_of(const SubmissionId&);
  [[nodiscard]] std::vector<Attempt> attempts(const SubmissionId&);
  [[nodiscard]] std::optional<Receipt> receipt(const SubmissionId&);
  [[nodiscard]] std::vector<Conflict> conflicts(const std::optional<RecordId>&);
  [[nodiscard]] std::optional<Record> record(const RecordId&);
  [[nodiscard]] ContentNumber record_content(const RecordId&);
  [[nodiscard]] ContentNumber submission_content(const SubmissionId&);
  [[nodiscard]] ContentNumber base_content(const SubmissionId&);
  /// A text, its digest checked. Errc::store_damaged when it does not match, not_found when erased.
  [[nodiscard]] std::string content(ContentNumber);
  /// Several texts in one snapshot; empty where one is damaged, erased or not there: content() says
  /// how.
  [[nodiscard]] std::vector<std::optional<std::string>> contents(std::span<const ContentNumber>);
  [[nodiscard]] std::vector<Gate> gates();
  /// Moves on whenever gates were changed through this object.
  [[nodiscard]] std::uint64_t gate_changes() const;
  /// Whether several callers of this process have written within the last moments: a long unit of
  /// work now keeps one of them waiting.
  [[nodiscard]] bool has_company() const;
  [[nodiscard]] std::vector<Stream> streams();
  [[nodiscard]] Tally tally();
  [[nodiscard]] std::vector<HistoryEntry> history(const HistoryQuery&);
  [[nodiscard]] Verdict verify_history();
  /// Every rule that must hold over all rows (P1-P9 restated); empty: they all hold.
  [[nodiscard]] std::vector<std::string> broken_invariants();
  /// Small facts under a name of the caller's: the endpoint, the client's id.
  [[nodiscard]] std::optional<std::string> fact(const std::string& name);
  void set_fact(const std::string& name, const std::string& value, const Act&);

  // The mark beside the store (docs/store.md).
  /// For the beginning, before anything else is written: compares the store with its mark. A loss
  /// is written into the history, once, and the mark moves on from there.
  std::optional<Loss> note_loss(const Act&);
  /// Writes the mark if it is time. Returns when to call again; empty: after the next commit.
  /// Fails quietly: a mark may stay behind.
  std::optional<std::chrono::nanoseconds> keep_mark() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::storage
