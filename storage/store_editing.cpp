#include "storage/store_impl.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/drafts.hpp"
#include "storage/tables/submissions.hpp"
#include "storage/units/editing.hpp"

namespace lodge::storage {
namespace {

[[noreturn]] void throw_stale(const SubmissionId& id, const std::string& where = {}) {
  throw Error(Errc::stale_draft,
              where + "The draft " + id.text() +
                  " was saved by someone else since it was opened. Both texts are "
                  "kept: theirs is the draft, this one is in the history. Read "
                  "the draft again with edit().");
}

/// Ends a submit_all whose draft at `index` is another's now; its text is set aside on its own.
struct StaleAt {
  std::size_t index = 0;
};

std::string where(std::size_t index) {
  return "Draft " + std::to_string(index) + " of the call was refused. ";
}

}  // namespace

EditFacts Store::edit_facts(const RecordId& id, const std::string& identity,
                            const std::string& lane) {
  return impl_->read([&](Database& database) {
    EditFacts facts;
    facts.record.id = id;
    const auto record = find_record(database, id);
    if (!record) return facts;
    facts.record = record->record;
    facts.record_content = record->content;
    if (const auto stored = draft_in_slot(database, record->number, identity, lane)) {
      facts.draft = parse_draft(*stored);
    }
    if (auto head = head_of(database, record->number)) {
      facts.head_content = head->content;
      facts.head = std::move(head->submission);
    }
    if (auto newest = last_of(database, record->number, identity)) {
      facts.newest_content = newest->content;
      facts.newest = std::move(newest->submission);
    }
    return facts;
  });
}

Draft Store::save(const SaveDraft& save, const Act& act) {
  auto saved = impl_->write([&](Database& database) { return save_draft(database, save, act); });
  if (saved.set_aside) throw_stale(save.draft.id);
  return std::move(saved.draft);
}

void Store::discard(const SubmissionId& draft, const Act& act) {
  impl_->write([&](Database& database) { discard_draft(database, draft, act); });
  try {
    impl_->queue.empty_log();  // what was erased is still in the log
  } catch (const std::exception&) {
    // The draft is discarded all the same; the log is cut by a later commit.
  }
}

std::vector<Draft> Store::drafts(const std::optional<std::string>& identity) {
  return impl_->read([&](Database& database) {
    std::vector<Draft> drafts;
    for (const DraftRow& row : all_drafts(database, identity)) drafts.push_back(parse_draft(row));
    return drafts;
  });
}

Submission Store::submit(const SubmitDraft& submit, const Act& act) {
  const Digest digest = digest_of(submit.bytes);
  auto submitted = impl_->write([&](Database& database) {
    return submit_draft(database, impl_->options, submit, digest, act);
  });
  if (submitted.set_aside) throw_stale(submit.draft.id);
  return std::move(submitted.submission);
}

std::vector<Submission> Store::submit_all(std::span<const SubmitDraft> all, const Act& act) {
  std::vector<Digest> digests;
  for (const SubmitDraft& submit : all) digests.push_back(digest_of(submit.bytes));
  const auto submit_each = [&](Database& database) {
    std::vector<Submission> submissions;
    for (std::size_t i = 0; i < all.size(); ++i) {
      try {
        auto submitted = submit_draft(database, impl_->options, all[i], digests[i], act);
        if (submitted.set_aside) throw StaleAt{i};
        submissions.push_back(std::move(submitted.submission));
      } catch (const Error& error) {
        throw Error(error.code(), where(i) + error.what());
      }
    }
    return submissions;
  };
  try {
    return impl_->write(submit_each);
  } catch (const StaleAt& stale) {
    // Nothing of the call took effect. That this one text is kept is a unit of its own.
    const SubmitDraft& bad = all[stale.index];
    impl_->write([&](Database& database) { set_aside(database, bad.draft, bad.bytes, act); });
    throw_stale(bad.draft.id, where(stale.index));
  }
}

Submission Store::remove(const RemoveRecord& removal, const Act& act) {
  return impl_->write(
      [&](Database& database) { return submit_removal(database, impl_->options, removal, act); });
}

}  // namespace lodge::storage
