#include "crash/power/view.hpp"

#include <stdexcept>

namespace lodge::test {
namespace {

std::string text_of(const std::optional<Version>& version) { return version ? version->tag : "-"; }
std::string text_of(const std::optional<SubmissionId>& id) { return id ? id->text() : "-"; }
std::string text_of(const std::optional<nlohmann::json>& json) { return json ? json->dump() : "-"; }
std::string text_of(const std::optional<Time>& time) {
  return time ? std::to_string(time->time_since_epoch().count()) : "-";
}
std::string text_of(const RecordId& record) { return record.collection + "/" + record.key; }

class Lines {
 public:
  template <class... Parts>
  void add(const Parts&... parts) {
    ((text_ += parts, text_ += ' '), ...);
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_drafts(Client& client, Lines& lines) {
  for (const auto& draft : client.drafts())
    lines.add("draft", draft.id.text(), text_of(draft.record), draft.identity, draft.lane,
              std::to_string(draft.revision), name(draft.base), text_of(draft.base_version),
              text_of(draft.after), text_of(draft.amends), draft.stale ? "stale" : "fresh",
              text_of(draft.saved_at), draft.content.dump());
}

void add_submission(Client& client, const Submission& one, Lines& lines) {
  lines.add("submission", std::to_string(one.number), one.id.text(), text_of(one.record),
            std::to_string(one.place), name(one.state), one.identity, one.lane, one.digest.hex(),
            name(one.base), text_of(one.base_version), text_of(one.after), text_of(one.replaces),
            text_of(one.replaced_by), text_of(one.submitted_at), text_of(one.effective_at),
            one.reason, std::to_string(one.tries), text_of(one.next_try_at), one.problem,
            text_of(one.settled_at));
  if (one.operation == Operation::put)
    lines.add("form", one.id.text(), client.content(one.id).dump());
  const auto explanation = client.explain(one.id);
  for (const auto& attempt : explanation.attempts)
    lines.add("attempt", std::to_string(attempt.number), std::to_string(attempt.request),
              attempt.outcome, std::to_string(attempt.status), text_of(attempt.ended_at));
  if (explanation.receipt)
    lines.add("receipt", explanation.receipt->evidence, text_of(explanation.receipt->version));
}

void add_outbox(Client& client, Lines& lines) {
  Page page{.limit = 1'000, .settled_too = true};
  for (const auto& one : client.outbox(page)) add_submission(client, one, lines);
}

void add_conflicts(Client& client, Lines& lines) {
  for (const auto& conflict : client.conflicts()) {
    lines.add("conflict", conflict.submission.text(), text_of(conflict.base),
              text_of(conflict.ours), text_of(conflict.theirs), text_of(conflict.version));
    for (const auto& overlap : conflict.overlaps) lines.add(overlap);
  }
}

void add_history(Client& client, View& view) {
  HistoryQuery query{.limit = 1'000, .with_patches = false};
  for (;;) {
    const auto page = client.history(query);
    for (const auto& entry : page) view.chain.push_back(entry.hash);
    if (page.size() < 1'000) break;
    query.after_number = page.back().number;
  }
  const auto verdict = client.verify_history();
  if (!verdict.intact) throw std::runtime_error("history: " + verdict.sentence);
  if (verdict.entries != static_cast<std::int64_t>(view.chain.size()) ||
      (!view.chain.empty() && !(verdict.head == view.chain.back())))
    throw std::runtime_error("the history that is read is not the one that is verified");
}

}  // namespace

View view_of(Client& client) {
  View view;
  Lines lines;
  add_drafts(client, lines);
  add_outbox(client, lines);
  add_conflicts(client, lines);
  const auto status = client.status();
  for (const auto& hold : status.holds)
    lines.add("hold", hold.scope, hold.name, hold.words, text_of(hold.until));
  for (const auto count : status.counts) lines.add(std::to_string(count));
  add_history(client, view);
  view.text = lines.take();
  return view;
}

}  // namespace lodge::test
