#include "queue/answer/verdict.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "queue/actions.hpp"
#include "queue/http/url.hpp"

namespace lodge::queue {

using storage::NewRequest;
using storage::Precondition;
using storage::RecordLearned;
using storage::Settled;
using Kind = Reconciled::Kind;

Settled as_it_is(const storage::Due& due) {
  Settled settled;
  settled.submission = due.submission.number;
  settled.state = due.in_doubt ? State::unconfirmed : State::pending;
  settled.in_doubt = due.in_doubt;
  settled.accepted = due.accepted;
  settled.step = due.step;
  settled.tries = due.submission.tries;
  settled.rounds = due.rounds;
  settled.due_at = due.due_at;
  settled.problem = due.submission.problem;
  settled.problem_status = due.submission.problem_status;
  return settled;
}

NewRequest open_request(const storage::Due& due, const Profile& profile, RequestKey fresh,
                        Precondition precondition, std::string tag) {
  NewRequest request;
  request.key = fresh;
  request.url = record_url(profile.endpoint, profile.url_template, due.submission.record);
  request.precondition = precondition;
  request.tag = std::move(tag);
  return request;
}

NewRequest request_for(const storage::Due& due, const Reconciled& found, const ServerCopy& copy,
                       const Profile& profile, RequestKey fresh) {
  if (found.kind == Kind::create) return open_request(due, profile, fresh, Precondition::absent);
  NewRequest request = open_request(due, profile, fresh, Precondition::match,
                                    found.tag.empty() ? copy.version->tag : found.tag);
  if (found.kind == Kind::send_merged) request.merged_body = found.merged;
  return request;
}

RecordLearned learned_from(const ServerCopy& copy) {
  RecordLearned learned;
  learned.presence = copy.exists ? Presence::present : Presence::absent;
  if (!copy.exists) return learned;
  learned.version = copy.version;
  learned.text = RecordLearned::Text::given;
  learned.bytes = copy.bytes;
  return learned;
}

namespace {

void clear(Settled& settled) {
  settled.in_doubt = settled.accepted = false;
  settled.step = Step::send;
  settled.tries = settled.rounds = 0;
  settled.problem.clear();
  settled.problem_status = 0;
}

}  // namespace

void make_delivered(Settled& settled, std::string evidence) {
  clear(settled);
  settled.state = State::delivered;
  settled.evidence = std::move(evidence);
  settled.action = action::delivered;
  settled.why = settled.evidence;
}

void make_conflicted(Settled& settled, const Reconciled& found, const ServerCopy& copy) {
  clear(settled);
  settled.state = State::conflicted;
  settled.problem = found.note;
  settled.action = action::conflict;
  settled.why = found.note;
  storage::ConflictFound conflict;
  if (copy.exists) conflict.theirs = copy.bytes;
  conflict.version = copy.version;
  conflict.overlaps_json = nlohmann::json(found.overlaps).dump();
  conflict.note = found.note;
  settled.conflict = std::move(conflict);
}

void make_withdrawn(Settled& settled) {
  clear(settled);
  settled.state = State::withdrawn;
  settled.action = action::withdrawn;
  settled.why = "The server's change wins, by the policy \"theirs\".";
}

}  // namespace lodge::queue
