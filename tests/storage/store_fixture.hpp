#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/store.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::storage::test {

using lodge::test::TemporaryFolder;

inline constexpr Time start_time{std::chrono::hours(24 * 365 * 50)};

/// A store in a folder of its own, with a clock that only the test moves and short words for what
/// an application and its flusher do.
class Kiosk {
 public:
  explicit Kiosk(const StoreOptions& options = {});

  [[nodiscard]] std::string path() const { return folder_ / "kiosk.lodge"; }
  /// Another store on the same file, as another process has it.
  [[nodiscard]] std::unique_ptr<Store> another() const;
  void reopen();
  /// The files of the store in which these bytes stand.
  [[nodiscard]] std::vector<std::string> files_holding(std::string_view bytes) const;

  Store& store() { return *store_; }
  Time now = start_time;
  [[nodiscard]] Act act(std::string why = {}) const { return {now, "ada", std::move(why)}; }
  SubmissionId fresh_id();

  // An application.
  Draft form(std::string key, std::string identity = {});
  Draft save(const Draft& draft, std::string bytes, bool autosave = false);
  Submission submit(const Draft& draft, std::string bytes);
  Submission submit(std::string key, std::string bytes);
  Submission remove(std::string key);
  State state(const SubmissionId& id);
  Submission now_of(const SubmissionId& id);
  std::string text_of(const SubmissionId& id);
  std::vector<std::string> actions(const SubmissionId& id);

  // Its flusher.
  std::int64_t begin_epoch();
  [[nodiscard]] std::vector<Due> due();
  /// Claims with a first request, or repeats the newest.
  Claimed claim(const SubmissionId& id, Step step = Step::send);
  Settled settled(const SubmissionId& id, const Claimed& claimed, State state);
  Stored settle(const Settled& settled);
  /// Claims and settles in one go; a delivery brings version `tag`.
  Stored attempt(const SubmissionId& id, State state, std::string tag = "\"1\"");
  void deliver(const SubmissionId& id, std::string tag = "\"1\"");
  void conflict(const SubmissionId& id, std::string theirs, std::string tag);
  void learn(std::string key, std::string bytes, std::string tag);
  KnownRecord known(const RecordId& id);

  std::int64_t epoch = 0;

 private:
  TemporaryFolder folder_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  std::uint32_t ids_ = 0;
};

/// The code of the Error that `call` throws; its sentence in `*sentence`.
template <class Call>
std::optional<Errc> errc_of(const Call& call, std::string* sentence = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (sentence != nullptr) *sentence = error.what();
    return error.code();
  }
  return std::nullopt;
}

/// Makes changes behind the store's back, as a bad disk or another program would.
void tamper(const std::string& path, const char* sql);

}  // namespace lodge::storage::test

#define CHECK_INTACT(kiosk) CHECK((kiosk).store().broken_invariants() == std::vector<std::string>{})
