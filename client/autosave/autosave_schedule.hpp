#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lodge/id.hpp"
#include "lodge/time.hpp"

namespace lodge::client {

struct AutosaveTimes {
  Duration idle{250};              ///< after the last change
  Duration latest{2'000};          ///< after the first change not yet on disk
  Duration retry_first{1'000};     ///< after the first failure, doubled with each
  Duration retry_ceiling{30'000};  ///< never longer than this
};

/// When which draft is to be saved. Pure: time is an argument, of any one clock; when that is set
/// back, what was waiting keeps its distance. Only the first put of a draft needs memory. Threads:
/// one at a time.
class AutosaveSchedule {
 public:
  explicit AutosaveSchedule(AutosaveTimes times = {}) : times_(times) {}

  /// The draft changed.
  void put(const SubmissionId& id, Time now);

  /// Its content is being saved: what is put from here on is newer, and not due until this has
  /// ended.
  void started(const SubmissionId& id, Time now);
  void saved(const SubmissionId& id);
  /// `again`: it is worth trying the same content again. Without, it waits for the next change.
  void failed(const SubmissionId& id, Time now, bool again);

  /// Somebody else takes care of it.
  void forget(const SubmissionId& id);

  /// The first one due. It stays so until it is started or forgotten.
  [[nodiscard]] std::optional<SubmissionId> due(Time now);
  /// When the next one is due; empty: nothing waits.
  [[nodiscard]] std::optional<Time> next() const;

 private:
  using Queue = std::set<std::pair<Time, SubmissionId>>;
  struct Entry {
    std::optional<Time> first{};  ///< change not yet being saved
    Time last{};                  ///< change
    bool saving = false;
    int failures = 0;  ///< in a row
    Time failed_at{};
    std::optional<Time> retry_at{};
    std::optional<Time> due{};  ///< as in queue_
    Queue::node_type spare{};   ///< its place in queue_, while it is not due
  };

  void see(Time now);
  [[nodiscard]] std::optional<Time> due_of(const Entry& entry) const;
  [[nodiscard]] Duration wait_after(int failures) const;
  void queue(const SubmissionId& id, Entry& entry);

  AutosaveTimes times_;
  std::optional<Time> seen_{};
  std::map<SubmissionId, Entry> entries_{};
  Queue queue_{};
};

}  // namespace lodge::client
