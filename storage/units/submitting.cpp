#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/drafts.hpp"
#include "storage/units/editing.hpp"
#include "storage/units/filing.hpp"

namespace lodge::storage {
namespace {

[[noreturn]] void throw_already_submitted(const SubmissionId& id) {
  throw Error(Errc::already_submitted,
              "Submission " + id.text() +
                  " exists with other content. Save the draft: it becomes a new one on top of it.");
}

/// The stored draft that this submit ends: its own, or the one in its place.
std::optional<DraftRow> draft_to_end(Database& database, const Draft& draft,
                                     const RecordRow& record) {
  if (auto own = draft_by_id(database, draft.id)) {
    if (own->record == record.number) return own;
    throw Error(Errc::invalid_argument,
                "This draft is stored for another record, which never changes. Begin with edit().");
  }
  if (record.fresh) return std::nullopt;
  return draft_in_slot(database, record.number, draft.identity, draft.lane);
}

/// The submission that an amending draft takes the place of; empty when that is settled meanwhile.
std::optional<SubmissionRow> predecessor_of(Database& database, const Draft& draft,
                                            const RecordRow& record) {
  if (!draft.amends) return std::nullopt;
  auto found = find_submission(database, *draft.amends);
  if (!found || found->record != record.number) {
    throw Error(Errc::not_found, "The draft amends submission " + draft.amends->text() +
                                     ", which this record does not have. Begin with edit().");
  }
  const State state = found->submission.state;
  if (is_final(state)) return std::nullopt;
  if (state == State::sending || state == State::unconfirmed) {
    throw Error(Errc::maybe_received, "Submission " + draft.amends->text() +
                                          " may be at the server already and cannot be amended. "
                                          "Wait for its outcome, or withdraw it with "
                                          "maybe_received::accept first.");
  }
  return found;
}

ContentNumber content_of(Database& database, const std::optional<DraftRow>& stored,
                         const std::string& bytes, const Digest& digest) {
  const bool kept =
      stored && stored->logged != 0 && content_digest(database, stored->logged) == digest;
  return kept ? stored->logged : add_content(database, bytes, digest);
}

struct RemovalBase {
  BaseKind kind = BaseKind::unknown;
  std::optional<Version> version{};
  std::optional<SubmissionId> after{};
  ContentNumber content = 0;
};

RemovalBase removal_base(Database& database, const RemoveRecord& removal, const RecordRow& record) {
  const auto& known = record.record.version;
  if (removal.version) {
    return {.kind = BaseKind::version,
            .version = removal.version,
            .content = known == removal.version ? record.content : 0};
  }
  if (const auto last = last_of(database, record.number)) {
    return {.kind = BaseKind::after, .after = last->submission.id, .content = last->content};
  }
  if (known) return {.kind = BaseKind::version, .version = known, .content = record.content};
  return {};
}

}  // namespace

SubmittedDraft submit_draft(Database& database, const StoreOptions& limits,
                            const SubmitDraft& submit, const Digest& digest, const Act& act) {
  Draft draft = submit.draft;
  if (has_submission(database, draft.id)) {
    auto existing = find_submission(database, draft.id);
    check_same_record(existing->submission, draft);
    const bool same =
        existing->submission.digest == digest && existing->submission.operation == Operation::put;
    if (!same) throw_already_submitted(draft.id);
    return {.submission = std::move(existing->submission)};
  }
  complete_base(database, draft);
  RecordRow record = find_or_add_record_for_place(database, draft.record);
  const auto stored = draft_to_end(database, draft, record);
  if (stored) {
    const bool same_text = stored->draft.id == draft.id && stored->digest == digest;
    if (!same_text && !is_same_form(stored->draft, draft)) {
      set_aside(database, draft, submit.bytes, act);
      return {.set_aside = true};
    }
    delete_draft(database, *stored);
  }
  Filing filing{.id = draft.id,
                .identity = draft.identity,
                .lane = draft.lane,
                .content = content_of(database, stored, submit.bytes, digest),
                .digest = digest,
                .size = static_cast<std::int64_t>(submit.bytes.size()),
                .base = draft.base,
                .base_version = draft.base_version,
                .after = draft.after,
                .base_content = draft.base_content,
                .replaces = predecessor_of(database, draft, record),
                .effective_at = submit.effective_at};
  filing.before = stored && stored->logged != 0 ? stored->logged : draft.base_content;
  if (filing.before == filing.content) filing.before = draft.base_content;
  return {.submission = file(database, limits, record, filing, act)};
}

Submission submit_removal(Database& database, const StoreOptions& limits,
                          const RemoveRecord& removal, const Act& act) {
  if (auto existing = find_submission(database, removal.id)) {
    const bool same = existing->submission.operation == Operation::remove &&
                      existing->submission.record == removal.record;
    if (!same) throw_already_submitted(removal.id);
    return existing->submission;
  }
  RecordRow record = find_or_add_record_for_place(database, removal.record);
  RemovalBase base = removal_base(database, removal, record);
  const Filing filing{.id = removal.id,
                      .identity = removal.identity,
                      .lane = removal.lane,
                      .operation = Operation::remove,
                      .base = base.kind,
                      .base_version = std::move(base.version),
                      .after = base.after,
                      .base_content = base.content,
                      .before = base.content};
  return file(database, limits, record, filing, act);
}

}  // namespace lodge::storage
