#include "client/autosave/taken_over.hpp"
#include "client/client_impl.hpp"
#include "client/input_check.hpp"
#include "queue/json/document.hpp"

namespace lodge {
namespace {

storage::SubmissionFilter stored(const Filter& filter) {
  return {.id = std::nullopt,
          .collection = filter.collection,
          .identity = filter.identity,
          .lane = filter.lane,
          .state = filter.state};
}

/// What to do instead of retry().
std::string advice_for(State state) {
  if (is_final(state)) return "To change the record, edit() and submit it again.";
  if (state == State::conflicted) return "Use resolve().";
  return "It is sent by itself; use resume() to hasten it.";
}

}  // namespace

Submission Client::Impl::required(const SubmissionId& id) const {
  auto found = store->submission(id);
  if (found) return *std::move(found);
  throw Error(Errc::not_found,
              "There is no submission " + id.text() + " in this store. Take its id from outbox().");
}

storage::SubmitDraft Client::Impl::sealed(const Draft& draft, const SubmitOptions& submit) const {
  if (!has_endpoint) {
    throw Error(Errc::no_endpoint,
                "There is nowhere to send to. Set Options::endpoint; the draft stays saved.");
  }
  client::check_draft(draft);
  client::check_text("a reason", submit.reason, client::longest_reason);
  client::check_effective_at(submit.effective_at);
  std::string bytes = queue::seal_content(
      draft.content, {.max_bytes = options.body_limit,
                      .max_depth = static_cast<std::size_t>(options.depth_limit)});
  return {.draft = client::without_content(draft),
          .bytes = std::move(bytes),
          .effective_at = submit.effective_at};
}

// After the commit: others are told, and the forms count as ones that somebody waits for.
void Client::Impl::accepted(std::span<const Submission> submissions) noexcept {
  try {
    for (const Submission& one : submissions) {
      note({.kind = EventKind::submitted,
            .at = clock->now(),
            .record = one.record,
            .submission = one.id,
            .state = one.state});
    }
    if (submissions.size() <= static_cast<std::size_t>(options.in_flight)) {
      const std::lock_guard lock(hurry_mutex);
      for (const Submission& one : submissions) hurry.push_back(one.id);
    }
  } catch (...) {
    // They are on disk: a call that did what it was asked for does not fail for want of an event.
  }
}

Submission Client::submit(const Draft& draft, const SubmitOptions& options) {
  impl_->check_process();
  const storage::SubmitDraft unit = impl_->sealed(draft, options);
  client::TakenOver taken(*impl_->autosaver);
  taken.take(draft.id);
  Submission submission;
  {
    const client::CommitOrder::Within within(impl_->order);
    submission = impl_->store->submit(unit, impl_->act(options.reason, draft.identity));
    taken.done();
    impl_->accepted({&submission, 1});
  }
  impl_->wake_everybody();
  return submission;
}

std::vector<Submission> Client::submit_all(std::span<const Draft> drafts,
                                           const SubmitOptions& options) {
  impl_->check_process();
  std::vector<storage::SubmitDraft> units;
  units.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    try {
      units.push_back(impl_->sealed(drafts[i], options));
    } catch (const Error& error) {
      throw Error(error.code(),
                  "Draft " + std::to_string(i) + " of the call was refused. " + error.what());
    }
  }
  client::TakenOver taken(*impl_->autosaver);
  for (const Draft& draft : drafts) taken.take(draft.id);
  std::vector<Submission> submissions;
  {
    const client::CommitOrder::Within within(impl_->order);
    submissions = impl_->store->submit_all(units, impl_->act(options.reason));
    taken.done();
    impl_->accepted(submissions);
  }
  impl_->wake_everybody();
  return submissions;
}

Submission Client::remove(const RecordId& record, const RemoveOptions& options) {
  impl_->check_process();
  queue::check_record_id(record);
  client::check_lane(options.lane);
  client::check_text("a reason", options.reason, client::longest_reason);
  if (options.version) client::check_version(*options.version);
  if (!impl_->has_endpoint) {
    throw Error(Errc::no_endpoint, "There is nowhere to send to. Set Options::endpoint.");
  }
  const storage::RemoveRecord unit{.id = SubmissionId{impl_->ids.next()},
                                   .record = record,
                                   .identity = impl_->identity_of(options.identity),
                                   .lane = options.lane,
                                   .version = options.version};
  Submission submission;
  {
    const client::CommitOrder::Within within(impl_->order);
    submission = impl_->store->remove(unit, impl_->act(options.reason, unit.identity));
    impl_->accepted({&submission, 1});
  }
  impl_->wake_everybody();
  return submission;
}

std::optional<Submission> Client::submission(const SubmissionId& id) {
  impl_->check_process();
  return impl_->store->submission(id);
}

std::vector<Submission> Client::outbox(const Page& page) {
  impl_->check_process();
  if (page.limit < 1 || page.limit > 1'000) {
    throw Error(Errc::invalid_argument, "Page::limit is not 1 to 1,000. Give a number within.");
  }
  return impl_->store->outbox({.filter = stored(page.filter),
                               .after_number = page.after_number,
                               .limit = page.limit,
                               .settled_too = page.settled_too});
}

nlohmann::json Client::content(const SubmissionId& id) {
  impl_->check_process();
  static_cast<void>(impl_->required(id));
  const auto number = impl_->store->submission_content(id);
  if (number == 0) return nullptr;  // a removal
  return nlohmann::json::parse(impl_->store->content(number));
}

std::vector<Submission> Client::withdraw_from(const SubmissionId& id, maybe_received word) {
  impl_->check_process();
  auto submissions = impl_->store->withdraw(id, true, word == maybe_received::accept, impl_->act());
  impl_->wake_everybody();
  return submissions;
}

Submission Client::withdraw(const SubmissionId& id, maybe_received word) {
  impl_->check_process();
  auto submissions =
      impl_->store->withdraw(id, false, word == maybe_received::accept, impl_->act());
  impl_->wake_everybody();
  return submissions.at(0);
}

void Client::retry(const SubmissionId& id) {
  impl_->check_process();
  const Submission submission = impl_->required(id);
  const auto count = impl_->store->retry({.id = id}, impl_->act("retried by hand"));
  if (count == 0) {
    throw Error(Errc::wrong_state,
                "Submission " + id.text() + " is " + std::string(name(submission.state)) +
                    ", and only a rejected one can be retried. " + advice_for(submission.state));
  }
  impl_->wake_everybody();
}

std::int64_t Client::retry(const Filter& filter) {
  impl_->check_process();
  const auto count = impl_->store->retry(stored(filter), impl_->act("retried by hand"));
  impl_->wake_everybody();
  return count;
}

std::vector<Conflict> Client::conflicts(const std::optional<RecordId>& record) {
  impl_->check_process();
  return impl_->store->conflicts(record);
}

std::optional<Submission> Client::resolve(const SubmissionId& id, const Resolution& resolution,
                                          const std::optional<Version>& expected) {
  impl_->check_process();
  std::string bytes;
  if (resolution.kind == Resolution::Kind::merged) {
    bytes = queue::seal_content(
        resolution.content, {.max_bytes = impl_->options.body_limit,
                             .max_depth = static_cast<std::size_t>(impl_->options.depth_limit)});
  }
  std::optional<Submission> replacement;
  {
    const client::CommitOrder::Within within(impl_->order);
    replacement = impl_->store->resolve(id, resolution.kind, bytes, expected,
                                        SubmissionId{impl_->ids.next()}, impl_->act());
    if (replacement) impl_->accepted({&*replacement, 1});
  }
  impl_->wake_everybody();
  return replacement;
}

}  // namespace lodge
