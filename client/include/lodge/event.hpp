#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/hold.hpp"
#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "lodge/time.hpp"

namespace lodge {

enum class EventKind {
  draft_saved,      ///< an autosave reached the disk
  autosave_failed,  ///< an autosave did not; tell the person now. `words` says why
  draft_stale,      ///< the record moved on at the server under a saved draft
  submitted,        ///< a submission was accepted and is durable
  state_changed,    ///< a submission's state is now `state`
  delivered,        ///< as state_changed, for the one that people wait for
  conflict,         ///< as state_changed, for the one that needs a decision
  rejected,         ///< as state_changed, for the one that needs an amendment
  network_changed,  ///< the path to the server is now `path`
  hold_changed,     ///< a whole group is held back, or no longer; `words` says which and why
  delivery_failed,  ///< the store refused to record; delivery goes on as soon as it can
  handler_failed,   ///< an event handler threw; `words` has its what()
  history_lost,     ///< the store was opened without entries that it once had; tell the person.
                    ///< `words` says how many. Told to the first handler; see Status::lost_entries
};

std::string_view name(EventKind kind);

/// What happened, after it is on disk. Events of one record come in order.
struct Event {
  EventKind kind = EventKind::state_changed;
  Time at{};
  std::optional<RecordId> record{};
  std::optional<SubmissionId> submission{};
  std::optional<State> state{};
  std::optional<Path> path{};
  std::string words{};  ///< a sentence; no content, no credentials
};

using EventHandler = std::function<void(const Event&)>;

/// Keeps a handler connected. After it is destroyed, or end() returned, no call arrives; both wait
/// for a call under way on another thread, and do not wait inside the handler itself.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription();

  void end() noexcept;

 private:
  friend class EventBus;
  struct Link;
  explicit Subscription(std::shared_ptr<Link> link);
  std::shared_ptr<Link> link_;
};

/// How much a log line matters.
enum class LogLevel { debug, info, warning, error };

std::string_view name(LogLevel level);

/// One structured log line: a named event, ids and codes, never content or credentials.
struct LogLine {
  LogLevel level = LogLevel::info;
  std::string event{};  ///< "delivery.attempt", "store.reopened", ... stable names
  std::string words{};
  std::optional<SubmissionId> submission{};
};

}  // namespace lodge
