#include <string_view>

#include "storage/tables/attempts.hpp"
#include "storage/tables/columns.hpp"
#include "storage/units/filing.hpp"
#include "storage/units/settling.hpp"

namespace lodge::storage {
namespace {

/// A form that ends its process each time it is tried must not do so for ever.
constexpr int deaths_before_waiting = 3;
constexpr auto wait_after_deaths = std::chrono::minutes(15);
constexpr std::string_view deaths_words =
    "The program ended three times in a row while this form was being sent, so it waits 15 "
    "minutes before each further try.";

/// Before what the server said, if it said something.
void explain_wait(Submission& submission) {
  if (submission.problem.starts_with(deaths_words)) return;
  const std::string before = submission.problem.empty() ? "" : " " + submission.problem;
  submission.problem = std::string(deaths_words) + before;
}

void interrupt(Database& database, const AttemptRow& lost, const Act& act) {
  end_attempt(database, lost.attempt.number,
              {.at = act.at,
               .outcome = "lost",
               .arrived = true,
               .detail = "its process ended before the answer was recorded"});
  auto row = find_submission(database, lost.submission);
  if (row && row->submission.state == State::sending) {
    row->submission.state = State::unconfirmed;
    row->in_doubt = true;
    row->ready = true;
    row->due_at = act.at;
    if (lost_in_a_row(database, lost.submission) >= deaths_before_waiting) {
      row->due_at += wait_after_deaths;
      explain_wait(row->submission);
    }
    update_submission(database, *row);
    log_state(database, *row, "interrupted", act.why, act);
  }
  promote_head(database, lost.record);
}

}  // namespace

Claimed claim_one(Database& database, const Claim& claim, std::int64_t epoch, Time now) {
  auto brief = brief_of(database, claim.submission);
  if (!brief || !brief->ready || !may_go(brief->state)) return {};
  const int request = brief->request + (claim.request ? 1 : 0);
  if (claim.step == Step::send && request == 0) {
    throw Error(Errc::broken_invariant,
                "A submission was to be sent without a request. Please report this.");
  }
  const auto attempt = open_attempt(database, *brief, claim.step, request, epoch, now);
  if (!attempt) return {};
  if (claim.request) open_request(database, *brief, *claim.request, now);
  mark_sending(database, *brief);
  return {.attempt = attempt, .request = request};
}

void interrupt_all(Database& database, const Act& act) {
  for (const AttemptRow& lost : open_attempts(database)) interrupt(database, lost, act);
}

}  // namespace lodge::storage
