#pragma once

#include <optional>
#include <string_view>

#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// What claiming a submission and storing its answer need of it: what never changes, and whose it
/// is now. Read for every attempt, so without the words and the names of its row.
struct SubmissionBrief {
  std::int64_t number = 0;
  SubmissionId id{};
  std::int64_t record = 0;
  std::int64_t place = 0;
  std::int64_t stream = 0;
  Operation operation = Operation::put;
  std::int64_t size = 0;
  ContentNumber content = 0;
  ContentNumber base_content = 0;
  State state = State::pending;
  bool in_doubt = false;
  bool ready = false;
  int request = 0;
};

/// What proved a delivery, and the version that the server gave.
struct Proof {
  std::string_view evidence{};
  std::string_view version{};  ///< empty: it gave none
};

/// All that an answer may change of a submission.
struct SubmissionChange {
  State state = State::pending;
  bool in_doubt = false;
  bool ready = false;
  bool accepted = false;
  Step step = Step::send;
  int request = 0;
  int tries = 0;
  int rounds = 0;
  Time due_at{};
  std::string_view problem{};
  int problem_status = 0;
  std::optional<Time> settled_at{};  ///< for a final state
  std::optional<Proof> proof{};      ///< for a delivered one
  std::optional<SubmissionId> replaced_by{};
};

std::optional<SubmissionBrief> brief_of(Database&, std::int64_t number);
void write_change(Database&, SubmissionBrief&, const SubmissionChange&);
/// From here on an attempt has it: `sending`, one more try, and the request that it opened.
void mark_sending(Database&, SubmissionBrief&);

}  // namespace lodge::storage
