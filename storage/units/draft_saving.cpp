#include <nlohmann/json.hpp>

#include "storage/history/history_log.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/drafts.hpp"
#include "storage/units/editing.hpp"

namespace lodge::storage {
namespace {

/// While somebody types, the history gets the text at most this often.
constexpr auto autosave_log_interval = std::chrono::seconds(10);

constexpr const char* select_texts =
    "SELECT after FROM history INDEXED BY history_of_submission WHERE submission = ?1 "
    "AND action IN ('draft saved', 'draft set aside') AND after IS NOT NULL ORDER BY number";
constexpr const char* select_last_set_aside =
    "SELECT after FROM history INDEXED BY history_of_submission WHERE submission = ?1 "
    "AND action = 'draft set aside' ORDER BY number DESC LIMIT 1";

bool is_logged(Database& database, const DraftRow& row) {
  return row.logged != 0 && content_digest(database, row.logged) == row.digest;
}

bool may_log(const DraftRow& row, bool autosave, Time at) {
  if (!autosave || !row.logged_at) return true;
  return at - *row.logged_at >= autosave_log_interval || at < *row.logged_at;
}

void log_text(Database& database, DraftRow& row, const Act& act) {
  const ContentNumber before = row.logged != 0 ? row.logged : row.draft.base_content;
  row.logged = add_content(database, row.bytes, row.digest);
  row.logged_at = act.at;
  append_entry(database, {.at = act.at,
                          .who = act.who,
                          .action = "draft saved",
                          .why = act.why,
                          .record = row.record,
                          .submission = row.draft.id,
                          .before = before,
                          .after = row.logged});
}

/// What the caller's draft becomes when its id is already a submission's.
Draft draft_on_top(const SubmissionRow& submitted, Draft draft, const SubmissionId& fresh_id) {
  draft.after = draft.id;
  draft.id = fresh_id;
  draft.base = BaseKind::after;
  draft.base_version.reset();
  draft.base_content = submitted.content;
  draft.amends.reset();
  draft.stale = false;
  return draft;
}

void insert(Database& database, DraftRow& row, const RecordRow& record, bool autosave,
            const Act& act) {
  row.draft.revision = 1;
  row.draft.stale = has_moved_on(database, row.draft, record.record);
  if (may_log(row, autosave, act.at)) log_text(database, row, act);
  insert_draft(database, row);
}

/// The caller's draft as it now is: stored values, its own content.
Draft moved_on(const DraftRow& stored, Draft draft) {
  nlohmann::json content = std::move(draft.content);
  draft = stored.draft;
  draft.content = std::move(content);
  return draft;
}

/// What the stored draft was written on stays: content alone is the application's.
SavedDraft save_over(Database& database, DraftRow stored, const SaveDraft& save,
                     const Digest& digest, const Act& act) {
  const bool changed = digest != stored.digest;
  if (changed) {
    stored.bytes = save.bytes;
    stored.digest = digest;
    stored.draft.revision += 1;
    stored.draft.session = save.draft.session;
    stored.draft.saved_at = act.at;
  }
  const bool log = may_log(stored, save.autosave, act.at) && !is_logged(database, stored);
  if (log) log_text(database, stored, act);
  if (changed || log) update_draft(database, stored);
  return {.draft = moved_on(stored, save.draft)};
}

SavedDraft refuse(Database& database, const SaveDraft& save, const Act& act) {
  set_aside(database, save.draft, save.bytes, act);
  return {.draft = save.draft, .set_aside = true};
}

SavedDraft save_new(Database& database, Draft next, const SaveDraft& save, const Digest& digest,
                    const RecordRow& record, const Act& act) {
  next.saved_at = act.at;
  DraftRow row{
      .draft = std::move(next), .record = record.number, .bytes = save.bytes, .digest = digest};
  insert(database, row, record, save.autosave, act);
  return {.draft = moved_on(row, save.draft)};
}

SavedDraft save_late(Database& database, const SubmissionRow& submitted, const SaveDraft& save,
                     const Digest& digest, const Act& act) {
  const Draft& draft = save.draft;
  check_same_record(submitted.submission, draft);
  const RecordRow record = record_row(database, submitted.record);
  auto stored = draft_in_slot(database, record.number, draft.identity, draft.lane);
  const bool continues =
      stored && stored->draft.after == draft.id && stored->draft.session == draft.session;
  if (continues) return save_over(database, *std::move(stored), save, digest, act);
  if (submitted.submission.digest == digest) return {.draft = draft};
  if (stored) return refuse(database, save, act);
  return save_new(database, draft_on_top(submitted, draft, save.fresh_id), save, digest, record,
                  act);
}

SubmissionRow submission_before(Database& database, const SubmissionId& id) {
  if (auto found = find_submission(database, id)) return *std::move(found);
  throw Error(Errc::not_found, "The draft was written after submission " + id.text() +
                                   ", which this store does not have. Begin with edit().");
}

/// Chains of submissions lead through their numbers in one direction; where damage makes a circle
/// nobody may follow it for ever.
void must_ascend(const SubmissionRow& first, const SubmissionRow& second) {
  if (first.submission.number < second.submission.number) return;
  throw Error(
      Errc::store_damaged,
      "Submission " + second.submission.id.text() +
          " names one that cannot be before it. Keep a copy of all files of the store, then "
          "restore a backup.");
}

/// A form that was taken back, itself or what took its place.
bool came_to_nothing(Database& database, SubmissionRow row) {
  if (row.submission.operation != Operation::put) return false;
  while (row.submission.state == State::replaced && row.submission.replaced_by) {
    auto next = find_submission(database, *row.submission.replaced_by);
    if (!next) return false;
    must_ascend(row, *next);
    row = *std::move(next);
  }
  return row.submission.state == State::withdrawn;
}

}  // namespace

bool is_same_form(const Draft& stored, const Draft& draft) {
  return stored.id == draft.id &&
         (stored.revision == draft.revision || stored.session == draft.session);
}

void check_same_record(const Submission& submission, const Draft& draft) {
  if (submission.record == draft.record) return;
  throw Error(Errc::invalid_argument,
              "The draft's id belongs to a submission of another record. Begin with edit().");
}

void complete_base(Database& database, Draft& draft) {
  if (draft.base != BaseKind::version) draft.base_version.reset();
  if (draft.base != BaseKind::after) draft.after.reset();
  if ((draft.base == BaseKind::version && !draft.base_version) ||
      (draft.base == BaseKind::after && !draft.after)) {
    throw Error(Errc::invalid_argument,
                "The draft does not say what it was written on. Begin with edit().");
  }
  std::optional<SubmissionRow> last;
  while (draft.after) {
    const SubmissionRow before = submission_before(database, *draft.after);
    if (before.submission.record != draft.record) {
      throw Error(Errc::invalid_argument,
                  "The draft was written after a submission of another record. Begin with edit().");
    }
    if (last) must_ascend(before, *last);
    last = before;
    draft.base_content = before.content;
    if (!came_to_nothing(database, before)) return;
    // Its edits are in this draft's text, and nowhere else: against its text they would count as
    // the server's changes, and be undone.
    draft.base = before.submission.base;
    draft.base_version = before.submission.base_version;
    draft.after = before.submission.after;
    draft.base_content = before.base_content;
  }
}

void set_aside(Database& database, const Draft& draft, const std::string& bytes, const Act& act) {
  const Digest digest = digest_of(bytes);
  ContentNumber last = 0;
  {
    auto found = database.use(select_last_set_aside);
    bind_id(*found, 1, draft.id);
    if (found->step()) last = found->integer(0);
  }
  if (last != 0 && content_digest(database, last) == digest) return;
  append_entry(database, {.at = act.at,
                          .who = act.who,
                          .action = "draft set aside",
                          .why = act.why,
                          .record = find_or_add_record(database, draft.record).number,
                          .submission = draft.id,
                          .after = add_content(database, bytes, digest)});
}

SavedDraft save_draft(Database& database, const SaveDraft& save, const Act& act) {
  const Digest digest = digest_of(save.bytes);
  if (const auto submitted = find_submission(database, save.draft.id)) {
    return save_late(database, *submitted, save, digest, act);
  }
  Draft next = save.draft;
  complete_base(database, next);
  const RecordRow record = find_or_add_record(database, next.record);
  if (auto stored = draft_in_slot(database, record.number, next.identity, next.lane)) {
    const bool same_text = stored->draft.id == next.id && stored->digest == digest;
    if (!same_text && !is_same_form(stored->draft, next)) return refuse(database, save, act);
    return save_over(database, *std::move(stored), save, digest, act);
  }
  if (draft_by_id(database, next.id)) {
    throw Error(Errc::invalid_argument,
                "This draft is stored for another record, identity or lane, which never change. "
                "Begin with edit().");
  }
  return save_new(database, std::move(next), save, digest, record, act);
}

void discard_draft(Database& database, const SubmissionId& id, const Act& act) {
  const auto stored = draft_by_id(database, id);
  if (!stored) {
    if (find_submission(database, id)) {
      throw Error(Errc::wrong_state, "Draft " + id.text() +
                                         " was submitted already. Use withdraw() to take the "
                                         "submission back.");
    }
    throw Error(Errc::not_found,
                "There is no draft " + id.text() + " to discard. Take the drafts from drafts().");
  }
  std::vector<ContentNumber> texts;
  {
    auto rows = database.use(select_texts);
    bind_id(*rows, 1, id);
    while (rows->step()) texts.push_back(rows->integer(0));
  }
  delete_draft(database, *stored);
  for (const ContentNumber text : texts) erase_content(database, text);
  append_entry(database, {.at = act.at,
                          .who = act.who,
                          .action = "draft discarded",
                          .why = act.why,
                          .record = stored->record,
                          .submission = id});
}

}  // namespace lodge::storage
