#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lodge/conflict.hpp"
#include "lodge/draft.hpp"
#include "lodge/error.hpp"
#include "lodge/event.hpp"
#include "lodge/history.hpp"
#include "lodge/options.hpp"
#include "lodge/record.hpp"
#include "lodge/status.hpp"
#include "lodge/submission.hpp"

namespace lodge {

/// Options of edit(); empty members take the client's own.
struct EditOptions {
  std::optional<std::string> identity{};
  std::string lane{normal_lane};
};

/// Options of submit() and remove(). The lane and identity of a form are its draft's.
struct SubmitOptions {
  /// When it counts from: a form entered today for last week. Within the years 0 to 9999.
  std::optional<Time> effective_at{};
  std::string reason{};  ///< why; kept in history
};

struct RemoveOptions {
  std::optional<std::string> identity{};
  std::string lane{normal_lane};
  std::optional<Version> version{};  ///< what the person saw; otherwise what the store knows
  std::string reason{};
};

/// An explicit word that the server may have the form already.
enum class maybe_received { refuse, accept };

/// Which submissions a call is about; members combine by "and".
struct Filter {
  std::optional<std::string> collection{};
  std::optional<std::string> identity{};
  std::optional<std::string> lane{};
  std::optional<State> state{};
};

/// A page of the outbox, oldest first.
struct Page {
  Filter filter{};
  std::int64_t after_number = 0;  ///< the last number of the page before
  int limit = 100;                ///< 1 to 1,000
  bool settled_too = false;       ///< also delivered, withdrawn and replaced ones
};

/// What pause() and resume() are about. Members combine by "or", unlike those of Filter: each names
/// a group of its own, and with two of them there are two pauses. No member: everything.
struct Scope {
  std::optional<std::string> collection{};
  std::optional<std::string> identity{};
  std::optional<std::string> lane{};
};

/// What refresh() found.
struct Refreshed {
  Record record{};
  bool draft_stale = false;  ///< a draft of this record was begun on another version
};

/// Keeps forms safe on this machine until the server has them.
///
/// A form's life: edit → autosave/save (as often as you like) → submit → delivered. What a call
/// accepted is on disk when it returns (autosave alone is later: see there).
///
/// Threads: any member from any thread; handlers run on the worker, or through Options::post, and
/// may call any member but drain, flush and refresh. Errors: lodge::Error; offline, refused and in
/// conflict are states, not errors. Several clients, in one process or many, may share a store: all
/// save and submit, one delivers. A child forked while one is open can use none before exec.
class Client {
 public:
  /// Opens, and creates where missing, the store. Errc::store_*, invalid_endpoint,
  /// endpoint_changed, ...
  explicit Client(Options options);
  /// Saves pending autosaves, then ends within 2 s whatever the network does. No call after it.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Drafts.

  /// The saved draft of this record; else a new one on the newest content known (docs/states.md).
  Draft edit(const RecordId& record, const EditOptions& options = {});
  /// Returns at once; on disk 250 ms after the last call, at the latest 2 s after the first. Newest
  /// wins. A failure is an event (autosave_failed), once for each call. While it is this machine's
  /// it is tried again, and edit, drafts and amend throw it; what is wrong with the draft, or
  /// stale, is not.
  void autosave(const Draft& draft);
  /// On disk when it returns; moves the draft's revision on. Errc::stale_draft when another window
  /// or process saved it meanwhile: both texts are kept (the other as the draft, yours in history).
  void save(Draft& draft);
  std::vector<Draft> drafts(const std::optional<std::string>& identity = std::nullopt);
  /// Gives a draft up and erases its texts, in history too.
  void discard(const Draft& draft);

  // Submissions.

  /// Seals the draft's content and puts it in the outbox; durable when it returns, sent when the
  /// network allows. Idempotent in the draft: a second click returns the same submission. The draft
  /// is one of edit() or amend(), with another `content` at most.
  Submission submit(const Draft& draft, const SubmitOptions& options = {});
  /// All or nothing; the Error names the bad index.
  std::vector<Submission> submit_all(std::span<const Draft> drafts,
                                     const SubmitOptions& options = {});
  /// Removes the record at the server: a submission too, and only ever by this call.
  Submission remove(const RecordId& record, const RemoveOptions& options = {});

  std::optional<Submission> submission(const SubmissionId& id);
  std::vector<Submission> outbox(const Page& page = {});
  /// What was submitted, as sealed. Errc::store_damaged when its digest does not match.
  nlohmann::json content(const SubmissionId& id);
  /// Where it is and why. Errc::not_found.
  Explanation explain(const SubmissionId& id);

  /// Takes it back. Errc::has_followers names later submissions of the record; Errc::maybe_received
  /// when the server may have it.
  Submission withdraw(const SubmissionId& id, maybe_received word = maybe_received::refuse);
  /// Takes it and all later ones of its record back.
  std::vector<Submission> withdraw_from(const SubmissionId& id,
                                        maybe_received word = maybe_received::refuse);
  /// A draft with the content of a rejected or conflicted submission, which it will replace. It
  /// keeps that one's base: an amended conflict is a conflict again, which resolve() alone settles.
  Draft amend(const SubmissionId& id);
  /// Puts a rejected submission back in the outbox as it is.
  void retry(const SubmissionId& id);
  /// Puts all rejected ones of the filter back; returns how many.
  std::int64_t retry(const Filter& filter);

  // Conflicts.

  std::vector<Conflict> conflicts(const std::optional<RecordId>& record = std::nullopt);
  /// Ends a conflict. `expected` is the version shown to the person (Conflict::version);
  /// Errc::version_moved when a newer one is known. Empty result: theirs was kept.
  std::optional<Submission> resolve(const SubmissionId& id, const Resolution& resolution,
                                    const std::optional<Version>& expected);

  // Delivery.

  /// Attempts everything due now, each once, and waits for the answers, at most `patience`.
  /// Errc::in_handler inside a handler.
  Status flush(std::chrono::milliseconds patience = std::chrono::seconds(30));
  /// Flushes and waits until nothing is pending, sending or unconfirmed, at most `patience`; true
  /// when so.
  bool drain(std::chrono::milliseconds patience);
  /// Durable, for every process. Nothing of the scope is sent until resume(). Each group of the
  /// scope is a pause of its own: {.collection = "a", .identity = "ada"} holds all forms of "a" and
  /// all of ada's, and each ends by itself. Paused again, a group takes the newer reason.
  void pause(const std::string& reason, const Scope& scope = {});
  /// Ends the pause of each group in the scope, and without a scope every pause that there is. A
  /// pause of everything ends only without a scope. Also ends back-offs (of forms that are in all
  /// groups of the scope), asks for credentials again and probes held groups at once.
  void resume(const Scope& scope = {});
  /// What the host knows of the network; for this client only. unknown: lodge finds out by itself.
  void set_network(Path path);
  /// Asks the server for the record's state and keeps it. A draft begun on another version is
  /// marked stale, never overwritten. Errc::not_found is never thrown for a record the server does
  /// not have: its presence is `absent`. Waits at most `patience`; Errc::io with the reason when
  /// there is no answer.
  Refreshed refresh(const RecordId& record,
                    std::chrono::milliseconds patience = std::chrono::seconds(15));
  Status status();

  // History and events.

  std::vector<HistoryEntry> history(const HistoryQuery& query = {});
  Verdict verify_history();
  /// Calls `handler` for every event from now on, until the Subscription ends.
  [[nodiscard]] Subscription on_event(EventHandler handler);

  /// For clients without threads: does what is due and returns when to call again (empty: when
  /// Options::wake is called, or after your next call of a member). Never blocks on the network.
  std::optional<Time> step();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// A UUIDv7 for records whose key the application has no name for.
std::string new_key();

}  // namespace lodge
