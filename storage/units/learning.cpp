#include "storage/units/learning.hpp"

#include "storage/tables/attempts.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/drafts.hpp"

namespace lodge::storage {
namespace {

ContentNumber given_text(Database& database, const std::string& bytes, const RecordRow& before,
                         const SubmissionBrief* by) {
  const Digest digest = digest_of(bytes);
  if (before.content != 0 && content_digest(database, before.content) == digest) {
    return before.content;
  }
  if (by != nullptr && by->content != 0 && content_digest(database, by->content) == digest)
    return by->content;
  return add_content(database, bytes, digest);
}

ContentNumber text_of(Database& database, const RecordLearned& learned, const RecordRow& before,
                      const SubmissionBrief* by) {
  switch (learned.text) {
    case RecordLearned::Text::given:
      return given_text(database, learned.bytes, before, by);
    case RecordLearned::Text::of_submission:
      return by != nullptr ? by->content : 0;
    case RecordLearned::Text::of_request:
      return by != nullptr ? request_body(database, by->number, by->request) : 0;
    case RecordLearned::Text::none:
      break;
  }
  const bool same = learned.version && learned.version == before.record.version;
  return same ? before.content : 0;
}

std::optional<Time> deletion_time(const Record& before, const SubmissionBrief* by, Time at) {
  if (before.presence == Presence::absent && before.deleted_at) return before.deleted_at;
  const bool removed = by != nullptr && by->operation == Operation::remove;
  if (before.presence == Presence::present || removed) return at;
  return std::nullopt;
}

std::vector<SubmissionId> mark_drafts(Database& database, const RecordRow& now,
                                      const SubmissionBrief* by) {
  std::vector<SubmissionId> marked;
  for (const DraftRow& row : drafts_of_record(database, now.number)) {
    if (row.draft.stale || (by != nullptr && row.draft.after == by->id)) continue;
    if (!has_moved_on(database, row.draft, now.record)) continue;
    mark_stale(database, row.draft.id);
    marked.push_back(row.draft.id);
  }
  return marked;
}

}  // namespace

bool LearnedState::changed() const {
  return before.record.presence != now.record.presence ||
         before.record.version != now.record.version || before.content != now.content;
}

// Tags come again, and so do presences: the time tells such states apart.
bool is_as_known(const RecordRow& now, const Record& known, ContentNumber content) {
  return now.record.presence == known.presence && now.record.version == known.version &&
         now.record.updated_at == known.updated_at && now.content == content;
}

LearnedState learn_state(Database& database, std::int64_t record, const RecordLearned& learned,
                         const SubmissionBrief* by, Time at) {
  LearnedState state;
  state.before = record_row(database, record);
  state.now = state.before;
  Record& now = state.now.record;
  now.presence = learned.presence;
  now.updated_at = at;
  now.version.reset();
  now.deleted_at.reset();
  state.now.content = 0;
  if (now.presence == Presence::present) {
    if (learned.version && !learned.version->tag.empty()) now.version = learned.version;
    state.now.content = text_of(database, learned, state.before, by);
  } else if (now.presence == Presence::absent) {
    now.deleted_at = deletion_time(state.before.record, by, at);
  }
  write_record_state(database, state.now);
  if (state.changed()) state.stale_drafts = mark_drafts(database, state.now, by);
  return state;
}

void forget_state(Database& database, std::int64_t record, Time at) {
  RecordRow row = record_row(database, record);
  row.record.presence = Presence::unknown;
  row.record.version.reset();
  row.record.updated_at = at;
  row.record.deleted_at.reset();
  row.content = 0;
  write_record_state(database, row);
}

}  // namespace lodge::storage
