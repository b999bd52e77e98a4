#include <algorithm>
#include <utility>

#include "queue/actions.hpp"
#include "queue/answer/reconcile.hpp"
#include "queue/answer/settle.hpp"
#include "queue/answer/settling.hpp"
#include "queue/answer/verdict.hpp"
#include "queue/answer/versionless.hpp"
#include "queue/schedule/breaker.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {
namespace {

using storage::Due;
using storage::GateReason;
using storage::GateScope;
using storage::RecordLearned;
using storage::Settled;
using Kind = Reconciled::Kind;

// Reads of a copy without a version before a person is asked.
constexpr int reads_without_version = 3;

struct Case {
  const Due& due;
  const Texts& texts;
  const Meaning& meaning;
  const ServerCopy& copy;
  const Circumstances& the;
};

void deliver(Settlement& result, const Case& c, std::string evidence) {
  make_delivered(result.settled, std::move(evidence));
  result.settled.record = learned_from(c.copy);
  result.settled.due_at = c.the.now;
  open_for_success(c.due, c.the, result.gates);
  note_success(c.the.refusals);
}

std::string evidence_of(const Case& c, const Reconciled& found) {
  if (found.kind == Kind::removed) return std::to_string(c.meaning.status) + " to the check";
  if (found.kind == Kind::nothing_to_send) return "already there: equals the server's copy";
  const std::string said =
      c.due.accepted ? std::to_string(c.due.submission.problem_status) + "; " : "";
  return said + (found.note.empty() ? "GET equals ours" : found.note);
}

// A tag made of a file's time is weak, and refused, until a second has passed (mod_dav's default).
constexpr std::chrono::milliseconds weak_tag_settles(1'500);

bool is_weak(const ServerCopy& copy) { return copy.version && copy.version->tag.starts_with("W/"); }

// Back to the wire: the check found that the server does not have ours.
void to_the_wire(Settled& settled, const Case& c) {
  settled.state = State::pending;
  settled.in_doubt = settled.accepted = false;
  settled.step = Step::send;
  if (c.due.in_doubt) {
    settled.action = action::checked;
    settled.why = "The server does not have it.";
  }
  // A round counts only after a word of the server's; a 500 has its own, growing waits.
  const bool counts = is_word(c.due.submission.problem_status);
  if (counts) settled.tries = 0;
  settled.due_at = c.the.now;
  if (is_weak(c.copy)) settled.due_at += weak_tag_settles;
  if (!counts) return;
  settled.due_at += round_wait(c.due.rounds, c.the.profile, c.the.chance);
  settled.rounds = one_more(c.due.rounds);
}

bool is_key_refused(const Case& c) { return c.due.submission.problem_status == 422; }

void open_new(Settled& settled, const Case& c, storage::NewRequest request) {
  to_the_wire(settled, c);
  settled.rounds = one_more(c.due.rounds);
  // One more than the requests: a fresh key is tried once (reconcile's `repeats`).
  if (is_key_refused(c)) settled.rounds = one_more(settled.rounds);
  settled.request = std::move(request);
  settled.action = action::request_opened;
  settled.why = c.copy.exists ? "The server's copy was read and compared."
                              : "The record is not at the server.";
}

bool needs_new_key(const Case& c, const storage::StoredRequest& stored,
                   const std::string& current_url) {
  return stored.url != current_url || is_key_refused(c);
}

void repeat(Settled& settled, const Case& c) {
  if (!c.due.request) return to_the_wire(settled, c);
  const storage::StoredRequest& stored = *c.due.request;
  storage::NewRequest again =
      open_request(c.due, c.the.profile, c.the.fresh, stored.precondition, stored.tag);
  if (needs_new_key(c, stored, again.url)) {
    again.merged_body = c.texts.sent;
    return open_new(settled, c, std::move(again));
  }
  to_the_wire(settled, c);
}

// What is wrong, and the server's words for it, which a person can act on.
std::string with_words(const std::string& note, const Case& c) {
  const std::string& words = c.due.submission.problem;
  return words.empty() ? note : note + " It says: " + words;
}

// Tries begin anew with each word of the server's; rounds do not, and make the form ever rarer.
void wait_by_rounds(Settled& settled, const Case& c, const Meaning& meaning) {
  settled.rounds = one_more(c.due.rounds);
  const Duration wait = own_wait(meaning, settled.rounds, c.the.profile, c.the.chance);
  settled.due_at = std::max(settled.due_at, c.the.now + wait);
}

void hold_collection(Settlement& result, const Case& c, const Reconciled& found) {
  to_the_wire(result.settled, c);
  Meaning meaning = c.meaning;
  meaning.hold = HoldOf{GateScope::collection, GateReason::refused};
  meaning.own_delay = true;
  const bool refused = c.due.submission.problem_status >= 400;
  meaning.problem = refused ? with_words(found.note, c) : found.note;
  result.settled.problem = meaning.problem;
  settle_wait(result, c.due, meaning, c.the);
  wait_by_rounds(result.settled, c, meaning);
}

void read_again(Settlement& result, const Case& c, const Reconciled& found) {
  const bool no_version = !found.note.empty();
  const std::string& words = c.due.submission.problem;
  if (no_version && versionless_reads(words) >= reads_without_version) {
    make_conflicted(result.settled, found, c.copy);
    result.settled.record = learned_from(c.copy);
    return;
  }
  if (no_version) result.settled.problem = after_versionless_read(words);
  settle_wait(result, c.due, c.meaning, c.the);
}

void reject(Settlement& result, const Case& c, const Reconciled& found) {
  Meaning refusal = c.meaning;
  refusal.status = c.due.submission.problem_status;
  refusal.problem = with_words(found.note, c);
  settle_refusal(result, c.due, refusal, c.the);
  if (result.settled.state != State::rejected) wait_by_rounds(result.settled, c, refusal);
}

void settle_found(Settlement& result, const Case& c, const Reconciled& found) {
  Settled& settled = result.settled;
  switch (found.kind) {
    case Kind::ours_is_there:
    case Kind::nothing_to_send:
    case Kind::removed:
      return deliver(result, c, evidence_of(c, found));
    case Kind::send_ours:
    case Kind::send_merged:
    case Kind::create:
      settled.record = learned_from(c.copy);
      return open_new(settled, c, request_for(c.due, found, c.copy, c.the.profile, c.the.fresh));
    case Kind::repeat:
      return repeat(settled, c);
    case Kind::read_again:
      return read_again(result, c, found);
    case Kind::conflict:
      settled.record = learned_from(c.copy);
      settled.due_at = c.the.now;
      return make_conflicted(settled, found, c.copy);
    case Kind::withdraw:
      settled.record = learned_from(c.copy);
      settled.due_at = c.the.now;
      return make_withdrawn(settled);
    case Kind::reject:
      return reject(result, c, found);
    case Kind::hold_collection:
      return hold_collection(result, c, found);
  }
}

// There is a document, but not one that we can hold.
void settle_unreadable(Settlement& result, const Case& c) {
  make_conflicted(result.settled, {.kind = Kind::conflict, .note = c.meaning.problem}, c.copy);
  result.settled.conflict->theirs.reset();
  result.settled.due_at = c.the.now;
  RecordLearned record;
  record.presence = Presence::present;
  record.version = c.copy.version;
  result.settled.record = std::move(record);
}

// A credible 2xx, and a server that lets this be written but not read.
bool is_write_only(const Case& c) {
  const int status = c.meaning.status;
  return c.due.accepted && c.meaning.from_server && c.meaning.outcome == Outcome::retry &&
         (status == 403 || status == 405 || status == 406);
}

void deliver_unread(Settlement& result, const Case& c) {
  const std::string said = std::to_string(c.due.submission.problem_status);
  make_delivered(result.settled,
                 said + "; could not be read back: " + std::to_string(c.meaning.status));
  RecordLearned record;
  record.presence = Presence::present;
  record.text =
      c.due.request ? RecordLearned::Text::of_request : RecordLearned::Text::of_submission;
  result.settled.record = std::move(record);
  result.settled.due_at = c.the.now;
  open_for_success(c.due, c.the, result.gates);
  note_success(c.the.refusals);
}

void settle_outcome(Settlement& result, const Case& c) {
  if (c.meaning.outcome == Outcome::done && c.meaning.unreadable) {
    return settle_unreadable(result, c);
  }
  if (c.meaning.outcome == Outcome::done || c.meaning.gone) {
    return settle_found(result, c, reconcile(c.due, c.texts, c.copy, c.the.profile));
  }
  if (is_write_only(c)) return deliver_unread(result, c);
  // The status stays that of the request's last word.
  result.settled.problem = after_failed_read(c.due.submission.problem, c.meaning.problem);
  settle_wait(result, c.due, c.meaning, c.the);
}

}  // namespace

Settlement settle_check(const Due& due, std::int64_t attempt, const Texts& texts,
                        const Meaning& meaning, const Reply& reply, const Circumstances& the) {
  Settlement result = begin_settlement(due, attempt, meaning);
  result.settled.step = Step::check;
  const bool exists = meaning.outcome == Outcome::done;
  const ServerCopy copy{.exists = exists,
                        .bytes = exists ? reply.body : std::string(),
                        .version = meaning.version,
                        .removed = meaning.gone && meaning.status == 410};
  open_for_answer(due, meaning, the, result.gates);
  settle_outcome(result, {due, texts, meaning, copy, the});
  note_failing(result, due, meaning, the);
  return result;
}

}  // namespace lodge::queue
