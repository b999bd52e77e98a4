#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/client.hpp"

namespace lodge::demo {

struct FieldName {
  std::string_view key;    ///< member of the form's content
  std::string_view label;  ///< for people
};

/// The form's fields. The first one is the record's key.
inline constexpr std::array<FieldName, 7> form_fields{{{"email", "E-mail"},
                                                       {"name", "Name"},
                                                       {"monday", "Monday"},
                                                       {"tuesday", "Tuesday"},
                                                       {"wednesday", "Wednesday"},
                                                       {"thursday", "Thursday"},
                                                       {"friday", "Friday"}}};

/// "09:41:07", in local time.
std::string time_words(Time at);

/// One person's availability form on a store. Every change goes to autosave at once.
///
/// Threads: one; `changed` alone is called from another. Errors: lodge::Error, with the form as it
/// was.
class FormSession {
 public:
  /// `changed` is called, on a thread of the client's, whenever status() may be another or what was
  /// typed has reached the disk (then with the time of that).
  FormSession(Options options, std::function<void(std::optional<Time> saved)> changed);

  /// Whose form was worked on last: the newest draft's, else the newest submission's.
  std::optional<std::string> last_email();
  /// Opens the form of that person, with what was typed or filed before.
  /// Errc::invalid_argument when it is no e-mail address.
  void open(const std::string& email);
  [[nodiscard]] bool is_open() const { return draft_.has_value(); }
  [[nodiscard]] std::string email() const { return draft_ ? draft_->record.key : std::string(); }

  /// Empty where nothing was entered.
  [[nodiscard]] std::string value(std::string_view field) const;
  /// Enters a value and autosaves; an empty one takes the member out. Errc::wrong_state before
  /// open().
  void set(std::string_view field, const std::string& value);

  /// Files the form; it goes on with a new draft of the same content.
  Submission submit();
  bool wait_for_delivery(std::chrono::milliseconds patience) { return client_.drain(patience); }

  /// "online | 2 waiting | saved 09:41:07 | last form delivered".
  std::string status();

 private:
  void heard(const Event& event);

  std::function<void(std::optional<Time>)> changed_;
  std::mutex mutex_;  // guards the two below
  std::optional<Time> saved_at_;
  std::string failure_;
  std::optional<Draft> draft_;
  std::optional<SubmissionId> last_;
  Client client_;
  Subscription subscription_;  // last: ends first
};

}  // namespace lodge::demo
