#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "client/autosave/autosave_schedule.hpp"
#include "client/autosave/packed_draft.hpp"
#include "lodge/draft.hpp"
#include "lodge/error.hpp"

namespace lodge::client {

/// A draft that autosave had not brought to disk.
struct Unsaved {
  std::shared_ptr<const PackedDraft> packed{};
  std::optional<Error> failure{};    ///< when it tried last, and told
  std::shared_ptr<bool> outdated{};  ///< the autosaver's: something newer was put since
  [[nodiscard]] Draft draft() const { return unpack(*packed); }
};

struct AutosaverParts {
  /// Puts the draft on disk; throws when that fails. Calls no member of the autosaver.
  std::function<void(const Draft&)> save{};
  /// It is on disk. May be empty.
  std::function<void(const Draft&)> saved{};
  /// It is not; the autosaver keeps it. Told once for each put, and again when a further try fails
  /// for another reason. May be empty.
  std::function<void(const Draft&, const Error&)> failed{};
  AutosaveTimes times{};
  std::size_t depth_limit = 64;  ///< of a content's nesting; beyond it put() throws
  /// Empty: a thread of its own, on the steady clock. Else step() does the work, with this time.
  std::function<Time()> now{};
  /// Without a thread: step() is wanted sooner than it said. Called by put() and put_back(),
  /// without a lock; not again before the next step, unless that has to be sooner still. May be
  /// empty.
  std::function<void()> sooner{};
};

/// Saves drafts a little later, so that typing never waits for a disk: 250 ms after the last
/// change, at the latest 2 s after the first. The newest content of a draft wins. What could not be
/// saved is kept and tried again after 1 s to 30 s, and whenever somebody reads; what is wrong with
/// the draft itself waits for its next change instead.
///
/// Threads: any member from any thread, also from `saved` and `failed`. The callbacks run on the
/// autosaver's thread (or the one that calls step, flush_all), one at a time for each draft,
/// without a lock. Its thread starts with the first put and sleeps until exactly the next one is
/// due; after a save it looks once more, so that who goes on typing need not wake it. Errors: go to
/// `failed`; exceptions of `saved` and `failed` are dropped.
class Autosaver {
 public:
  explicit Autosaver(AutosaverParts parts);
  /// close()
  ~Autosaver();
  Autosaver(const Autosaver&) = delete;
  Autosaver& operator=(const Autosaver&) = delete;

  /// Returns within microseconds. Errc::invalid_content for content that is nested too deep.
  void put(const Draft& draft);

  /// Hands what is not on disk yet to the caller, who takes care of it from here on. Waits while it
  /// is being saved just now. Empty: there is nothing.
  std::optional<Unsaved> take_over(const SubmissionId& id);

  /// The taker could not take care of it: as before, unless something newer came meanwhile.
  void put_back(Unsaved unsaved);

  /// Saves what is pending of the record now, before somebody reads it. Throws the first failure of
  /// this machine; all content that failed is kept.
  void save_now(const RecordId& record);
  /// As above, for every record.
  void save_all_now();
  /// As above, without a word; returns how many failed (they are kept).
  std::size_t flush_all();
  /// flush_all(), and the end of the thread. Nothing is saved and no callback comes after it.
  std::size_t close();

  /// Without a thread: saves what is due; when to call again.
  std::optional<Time> step(Time now);

 private:
  struct Slot {
    RecordId record{};
    std::shared_ptr<const PackedDraft> draft{};  ///< empty while its content is being saved
    std::optional<Error> failure{};              ///< of this content, as it was told
    bool saving = false;
    [[nodiscard]] bool is_given_up() const;  ///< until it changes
  };
  using Slots = std::map<SubmissionId, Slot>;
  using Lock = std::unique_lock<std::mutex>;

  void run();
  [[nodiscard]] Time now() const;
  bool start_thread();
  Slot& scheduled_slot(const Draft& draft);
  void look_at_schedule(Lock& lock, const SubmissionId& id);
  std::optional<Error> save(Lock& lock, const SubmissionId& id, std::optional<Time> at = {});
  template <class Chosen>
  std::vector<Error> flush(const Chosen& chosen);
  void settle(const SubmissionId& id, std::shared_ptr<const PackedDraft> draft,
              const std::optional<Error>& failure, Time at);
  std::optional<Error> try_to_save(const PackedDraft& packed,
                                   std::optional<Draft>& draft) const noexcept;
  void report(const Draft& draft, const std::optional<Error>& failure) const noexcept;

  AutosaverParts parts_;
  const Error no_memory_;  ///< made while there is some
  std::mutex mutex_;
  std::condition_variable work_;     ///< the thread waits here
  std::condition_variable settled_;  ///< those who wait for a save under way
  AutosaveSchedule schedule_;
  Slots slots_{};
  std::map<SubmissionId, std::weak_ptr<bool>> lent_{};  ///< taken over; a newer put is noted there
  std::optional<Time> sleeps_until_{};      ///< the thread, while it does; or who calls step()
  std::optional<Time> look_again_{};        ///< after a save: somebody may go on typing
  std::atomic<std::size_t> usual_size_{0};  ///< of packed content, in bytes
  bool stopping_ = false;
  bool closed_ = false;
  std::thread thread_{};
};

}  // namespace lodge::client
