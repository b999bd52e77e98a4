#include "client/autosave/taken_over.hpp"
#include "client/client_impl.hpp"
#include "client/input_check.hpp"
#include "queue/json/document.hpp"
#include "queue/request/begin_draft.hpp"

namespace lodge {

// What is stored becomes a draft of the form that is being opened: `session` tells its saves from
// those of another window.
Draft Client::Impl::begin_draft(const RecordId& record, const std::string& identity,
                                const std::string& lane) {
  const storage::EditFacts facts = store->edit_facts(record, identity, lane);
  const auto session = static_cast<std::int64_t>(random() >> 1);
  if (facts.draft) {
    Draft draft = *facts.draft;
    draft.session = session;
    return draft;
  }
  Draft draft;
  draft.id = SubmissionId{ids.next()};
  draft.record = record;
  draft.identity = identity;
  draft.lane = lane;
  draft.session = session;
  const auto on_top_of = [&](const Submission& below, storage::ContentNumber content) {
    draft.base = BaseKind::after;
    draft.after = below.id;
    draft.base_content = content;
    if (content != 0) draft.content = nlohmann::json::parse(store->content(content));
  };
  switch (queue::start_of({.has_draft = false,
                           .head = facts.head,
                           .newest = facts.newest,
                           .record = facts.record,
                           .record_has_content = facts.record_content != 0,
                           .identity = identity})) {
    case queue::Start::amend_head:
      draft.amends = facts.head->id;
      draft.base = facts.head->base;
      draft.base_version = facts.head->base_version;
      draft.after = facts.head->after;
      draft.base_content = store->base_content(facts.head->id);
      if (facts.head_content != 0) {
        draft.content = nlohmann::json::parse(store->content(facts.head_content));
      }
      break;
    case queue::Start::after_newest:
      on_top_of(*facts.newest, facts.newest_content);
      break;
    case queue::Start::empty_after_remove:
      on_top_of(*facts.newest, 0);
      break;
    case queue::Start::record:
      draft.content = nlohmann::json::parse(store->content(facts.record_content));
      draft.base_content = facts.record_content;
      draft.base = facts.record.version ? BaseKind::version : BaseKind::unknown;
      draft.base_version = facts.record.version;
      break;
    case queue::Start::empty:
      draft.base = facts.record.presence == Presence::absent ? BaseKind::absent : BaseKind::unknown;
      break;
    case queue::Start::saved_draft:
      break;
  }
  return draft;
}

Draft Client::Impl::store_draft(const Draft& draft, bool autosave) {
  client::check_draft(draft);
  const queue::Limits limits{.max_bytes = options.body_limit,
                             .max_depth = static_cast<std::size_t>(options.depth_limit)};
  std::string bytes = queue::seal_content(draft.content, limits);
  const client::CommitOrder::Within within(order);
  const storage::SaveDraft unit{.draft = client::without_content(draft),
                                .bytes = std::move(bytes),
                                .fresh_id = SubmissionId{ids.next()},
                                .autosave = autosave};
  return store->save(unit, act({}, draft.identity));
}

Draft Client::edit(const RecordId& record, const EditOptions& options) {
  impl_->check_process();
  queue::check_record_id(record);
  const std::string identity = impl_->identity_of(options.identity);
  client::check_lane(options.lane);
  impl_->autosaver->save_now(record);
  return impl_->begin_draft(record, identity, options.lane);
}

void Client::autosave(const Draft& draft) {
  impl_->check_process();
  impl_->autosaver->put(draft);
}

void Client::save(Draft& draft) {
  impl_->check_process();
  client::TakenOver taken(*impl_->autosaver);
  taken.take(draft.id);
  Draft saved = impl_->store_draft(draft, false);
  taken.done();
  saved.content = std::move(draft.content);
  draft = std::move(saved);
}

std::vector<Draft> Client::drafts(const std::optional<std::string>& identity) {
  impl_->check_process();
  impl_->autosaver->save_all_now();
  return impl_->store->drafts(identity);
}

void Client::discard(const Draft& draft) {
  impl_->check_process();
  client::TakenOver taken(*impl_->autosaver);
  const bool pending = taken.take(draft.id);
  try {
    impl_->store->discard(draft.id, impl_->act({}, draft.identity));
  } catch (const Error& error) {
    // All there was of it was an autosave on its way, and that is gone now.
    if (!pending || error.code() != Errc::not_found) throw;
  }
  taken.done();
}

Draft Client::amend(const SubmissionId& id) {
  impl_->check_process();
  const Submission submission = impl_->required(id);
  if (submission.state != State::rejected && submission.state != State::conflicted) {
    throw Error(Errc::wrong_state,
                "Submission " + id.text() + " is " + std::string(name(submission.state)) +
                    ", and only a rejected or conflicted one can be amended. Use edit() to write "
                    "a new one on top.");
  }
  impl_->autosaver->save_now(submission.record);
  Draft draft = impl_->begin_draft(submission.record, submission.identity, submission.lane);
  if (draft.amends != id) {
    throw Error(
        Errc::wrong_state,
        "A draft of this record is in progress, or an earlier submission stands before this one. "
        "Submit or discard that first.");
  }
  return draft;
}

}  // namespace lodge
