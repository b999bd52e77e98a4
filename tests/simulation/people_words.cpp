#include <algorithm>
#include <array>
#include <functional>

#include "simulation/people.hpp"

namespace lodge::test {

using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

bool is_doubtful(const Submission& submission) {
  return submission.state == State::sending || submission.state == State::unconfirmed;
}

}  // namespace

std::optional<Submission> People::some_submission(Process& process, bool doubtful_first) {
  std::optional<Submission> found;
  world_.call(process, "outbox", [&](Client& client) {
    auto unsettled = client.outbox();
    if (doubtful_first && std::ranges::any_of(unsettled, is_doubtful)) {
      std::erase_if(unsettled, std::not_fn(is_doubtful));
    }
    if (!unsettled.empty()) found = world_.chance.one_of(unsettled);
  });
  return found;
}

void People::withdraw(Process& process) {
  const auto submission = some_submission(process, world_.chance.percent(70));
  if (!submission) return;
  const bool accept = world_.chance.percent(50);
  const auto word = accept ? maybe_received::accept : maybe_received::refuse;
  auto& given_up = world_.promises.given_up;
  if (world_.chance.percent(70)) {
    given_up.insert(submission->id);
    world_.call(process, "withdraw " + submission->id.text(), [&](Client& client) {
      client.withdraw(submission->id, word);
      if (is_doubtful(*submission)) world_.counts.add(Kind::withdrawn_from_doubt);
    });
    return;
  }
  world_.call(process, "withdraw from " + submission->id.text(), [&](Client& client) {
    for (const Submission& each : client.outbox()) {
      if (each.record == submission->record && each.place >= submission->place) {
        given_up.insert(each.id);
      }
    }
    client.withdraw_from(submission->id, word);
  });
}

void People::amend(Process& process) {
  std::vector<Submission> stopped;
  world_.call(process, "outbox", [&](Client& client) {
    for (const Submission& each : client.outbox()) {
      if (each.state == State::rejected || each.state == State::conflicted) stopped.push_back(each);
    }
  });
  if (stopped.empty()) return;
  const SubmissionId id = world_.chance.one_of(stopped).id;
  world_.call(process, "amend " + id.text(), [&](Client& client) {
    Draft draft = client.amend(id);
    change(draft);
    process.windows.push_back(std::move(draft));
  });
}

void People::retry(Process& process) {
  if (world_.chance.percent(50)) {
    world_.call(process, "retry all", [](Client& client) { client.retry(Filter{}); });
    return;
  }
  if (const auto submission = some_submission(process)) {
    world_.call(process, "retry " + submission->id.text(),
                [&](Client& client) { client.retry(submission->id); });
  }
}

void People::resolve(Process& process, bool all) {
  std::vector<Conflict> conflicts;
  world_.call(process, "conflicts", [&](Client& client) { conflicts = client.conflicts(); });
  if (!all && !conflicts.empty()) conflicts = {world_.chance.one_of(conflicts)};
  for (const Conflict& conflict : conflicts) {
    world_.promises.given_up.insert(conflict.submission);
    world_.trace.line("  " + conflict.note + " version " +
                      (conflict.version ? conflict.version->tag : "none"));
    Resolution resolution = Resolution::ours();
    nlohmann::json content = conflict.ours.value_or(nullptr);
    const int kind = world_.chance.below(3);
    if (kind == 0) resolution = Resolution::theirs();
    if (kind == 1) {
      content = conflict.theirs.value_or(nlohmann::json::object());
      if (conflict.ours) content.update(*conflict.ours);
      content["settled"] = "word " + std::to_string(++words_);
      resolution = Resolution::merged(content);
    }
    constexpr std::array kinds{"theirs", "merged", "ours"};
    world_.call(process,
                std::string("resolve ") + kinds[static_cast<std::size_t>(kind)] + " " +
                    conflict.submission.text(),
                [&](Client& client) {
                  const auto replacement =
                      client.resolve(conflict.submission, resolution, conflict.version);
                  if (replacement) accepted(*replacement, content);
                });
  }
}

void People::pause(Process& process) {
  Scope scope;
  if (world_.chance.percent(40)) scope.collection = world_.settings.records.front().collection;
  if (world_.chance.percent(30)) scope.identity = world_.settings.identities.front();
  if (world_.chance.percent(30)) scope.lane = world_.settings.lanes.back();
  pauses_.push_back(scope);
  if (world_.call(process, "pause", [&](Client& client) { client.pause("inventory", scope); })) {
    world_.counts.add(Kind::paused);
  }
}

void People::resume(Process& process) {
  if (pauses_.empty() || world_.chance.percent(20)) {
    world_.call(process, "resume all", [](Client& client) { client.resume(); });
    return;
  }
  const Scope scope = pauses_.back();
  if (world_.call(process, "resume", [&](Client& client) { client.resume(scope); })) {
    pauses_.pop_back();
  }
}

// Looks at things; some of it asks the server.
void People::read(Process& process) {
  const int what = world_.chance.below(5);
  if (what == 0) {
    const RecordId record = world_.chance.one_of(world_.settings.records);
    world_.call(process, "refresh " + record.key,
                [&](Client& client) { client.refresh(record, milliseconds(0)); });
    return;
  }
  if (what == 1) {
    world_.call(process, "flush", [](Client& client) { client.flush(milliseconds(0)); });
    return;
  }
  if (what == 2) {
    world_.call(process, "drafts", [](Client& client) { client.drafts(); });
    return;
  }
  const auto submission = some_submission(process);
  if (!submission) return;
  world_.call(process, "explain " + submission->id.text(), [&](Client& client) {
    const Explanation why = client.explain(submission->id);
    world_.trace.line("  " + why.words);
    const Hold& hold = why.hold;
    const bool has_end = hold.until || !hold.act.empty() || hold.behind;
    if (hold.reason != HoldReason::none && hold.reason != HoldReason::other_process && !has_end) {
      world_.trace.wrong("a hold without an end: " + why.words);
    }
    if (hold.until && *hold.until > world_.clock->now() + hours(2)) {
      world_.trace.wrong("a hold ends too far away: " + why.words);
    }
  });
}

}  // namespace lodge::test
