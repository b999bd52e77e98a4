#include "storage/units/words.hpp"

#include <algorithm>
#include <set>

#include "storage/tables/columns.hpp"
#include "storage/tables/gates.hpp"
#include "storage/tables/outbox.hpp"
#include "storage/units/filing.hpp"
#include "storage/units/learning.hpp"

namespace lodge::storage {
namespace {

constexpr std::size_t named_followers = 5;

[[noreturn]] void throw_has_followers(const SubmissionId& id,
                                      std::span<const SubmissionRow> followers) {
  std::string names;
  for (std::size_t i = 0; i < followers.size() && i < named_followers; ++i) {
    names += (i == 0 ? "" : ", ") + followers[i].submission.id.text();
  }
  if (followers.size() > named_followers) {
    names += " and " + std::to_string(followers.size() - named_followers) + " more";
  }
  throw Error(Errc::has_followers, "Submission " + id.text() + " has followers: " + names +
                                       ". Use withdraw_from() to take all of them back.");
}

void check_withdrawable(const SubmissionRow& row, bool accept_maybe) {
  const State state = row.submission.state;
  const bool maybe = state == State::sending || state == State::unconfirmed;
  if (!maybe || accept_maybe) return;
  throw Error(Errc::maybe_received,
              "The server may have submission " + row.submission.id.text() +
                  " already. Wait for its outcome, or repeat with maybe_received::accept.");
}

bool may_be_received(const SubmissionRow& row) {
  return row.in_doubt || row.submission.state == State::sending;
}

void withdraw_one(Database& database, SubmissionRow& row, const Act& act) {
  std::string why = act.why;
  if (may_be_received(row)) {
    why += why.empty() ? "the server may have it" : "; the server may have it";
    forget_state(database, row.record, act.at);
  }
  leave_outbox(database, row, State::withdrawn, act.at);
  log_state(database, row, "withdrawn", why, act);
}

}  // namespace

SubmissionRow required_submission(Database& database, const SubmissionId& id) {
  auto row = find_submission(database, id);
  if (row) return *std::move(row);
  throw Error(Errc::not_found,
              "There is no submission " + id.text() + " in this store. Take its id from outbox().");
}

std::vector<Submission> withdraw(Database& database, const SubmissionId& id, bool with_followers,
                                 bool accept_maybe, const Act& act) {
  const SubmissionRow first = required_submission(database, id);
  if (is_final(first.submission.state)) {
    throw Error(Errc::wrong_state,
                "Submission " + id.text() + " is " + std::string(name(first.submission.state)) +
                    " and stays so. To change the record, edit() and submit it again.");
  }
  auto rows = unsettled_from(database, first.record, first.submission.place);
  if (rows.size() > 1 && !with_followers) {
    throw_has_followers(id, std::span(rows).subspan(1));
  }
  for (const SubmissionRow& row : rows) check_withdrawable(row, accept_maybe);
  std::vector<Submission> withdrawn;
  for (SubmissionRow& row : rows) {
    withdraw_one(database, row, act);
    withdrawn.push_back(std::move(row.submission));
  }
  promote_head(database, first.record);
  return withdrawn;
}

std::int64_t retry(Database& database, const SubmissionFilter& filter, const Act& act) {
  auto rows = rejected_rows(database, filter);
  std::set<std::string> collections;
  for (SubmissionRow& row : rows) {
    Submission& submission = row.submission;
    submission.state = row.in_doubt ? State::unconfirmed : State::pending;
    submission.tries = 0;
    submission.problem.clear();
    submission.problem_status = 0;
    row.rounds = std::max(0, row.request - 1);  // as many as opened a request: patience begins anew
    row.due_at = act.at;
    row.ready = would_be_ready(database, row.record, submission.place);
    update_submission(database, row);
    log_state(database, row, "retried", act.why, act);
    collections.insert(submission.record.collection);
  }
  for (const std::string& collection : collections) open_refused(database, collection);
  return static_cast<std::int64_t>(rows.size());
}

}  // namespace lodge::storage
