#pragma once

#include "storage/store.hpp"
#include "storage/tables/records.hpp"
#include "storage/tables/submissions.hpp"

namespace lodge::storage {

/// What a save came to. `set_aside`: the stored draft is another's; the caller's text was kept in
/// the history, and the call fails with stale_draft once that is on disk.
struct SavedDraft {
  Draft draft{};
  bool set_aside = false;
};

SavedDraft save_draft(Database&, const SaveDraft&, const Act&);
void discard_draft(Database&, const SubmissionId&, const Act&);

/// What a submit came to; `set_aside` as above.
struct SubmittedDraft {
  Submission submission{};
  bool set_aside = false;
};

/// `digest` is that of the bytes: it is worked out before the transaction, which others share.
SubmittedDraft submit_draft(Database&, const StoreOptions& limits, const SubmitDraft&,
                            const Digest& digest, const Act&);
Submission submit_removal(Database&, const StoreOptions& limits, const RemoveRecord&, const Act&);

/// Keeps a text whose draft was saved by someone else meanwhile.
void set_aside(Database&, const Draft&, const std::string& bytes, const Act&);

/// Whether whoever holds `draft` knows what is stored, or wrote it himself.
bool is_same_form(const Draft& stored, const Draft& draft);

/// A draft goes by its id and its record: throws where the id is a submission of another record.
void check_same_record(const Submission&, const Draft&);

/// Drops what does not belong to the kind of base, and finds the text of `after`. A draft on top of
/// a submission that was taken back stands on what that one stood on.
void complete_base(Database&, Draft&);

}  // namespace lodge::storage
