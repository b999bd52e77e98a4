#include <algorithm>

#include "queue/exhaustive/flusher.hpp"
#include "queue/exhaustive/rows.hpp"

// The promises, restated over one world. What concerns a step is noted where it happens.
namespace lodge::test {
namespace {

constexpr Duration longest_silence = std::chrono::hours(1);

bool waits(const Row& row) {
  const State state = row.due.submission.state;
  return state == State::pending || state == State::unconfirmed;
}

// P8: what is ready goes now, or there is a time at which somebody looks again.
std::string idle_with_work(const World& world, const queue::Profile& profile) {
  const auto may_go = sendable(world, profile);
  const auto next = next_look(world, profile);
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    if (!is_ready(world, i) || std::ranges::find(may_go, i) != may_go.end()) continue;
    if (!world.flights.empty()) continue;  // their end is a wake
    if (!next) return "a form is ready, and nobody will ever look";
    if (*next > world.now + longest_silence) return "a ready form waits for more than an hour";
  }
  return {};
}

// P8: whoever asks why gets a time or an act.
std::string unexplained(const World& world, const queue::Profile& profile) {
  const auto may_go = sendable(world, profile);
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const Row& row = world.rows[static_cast<std::size_t>(i)];
    std::optional<Submission> ahead;
    const int head = head_of(world, row.record);
    if (head >= 0 && head != i) ahead = world.rows[static_cast<std::size_t>(head)].due.submission;
    Submission asked = row.due.submission;
    asked.next_try_at = row.due.due_at;
    if (ahead) ahead->next_try_at = world.rows[static_cast<std::size_t>(head)].due.due_at;
    const Hold hold = queue::hold_of(asked, ahead, world.gates, {}, world.now, profile);
    const bool goes = std::ranges::find(may_go, i) != may_go.end();
    if (hold.reason == HoldReason::none) {
      const bool fine = goes || row.open || !world.flights.empty();
      if (waits(row) && !fine) return "explain says that a form goes, and it does not";
    } else if (!is_final(row.due.submission.state) && !hold.until && hold.act.empty()) {
      return "a hold without an end";
    }
  }
  return {};
}

// P4: pending says that the server certainly does not have it.
std::string pending_but_there(const World& world) {
  for (const Row& row : world.rows) {
    const bool doubted = world.edits > 0 || world.epoch > 1;
    if (row.due.submission.state == State::pending && row.effects > 0 && !doubted) {
      return "a form is pending, and the server took it";
    }
  }
  return {};
}

}  // namespace

std::string broken_promise(const World& world, const queue::Profile& profile) {
  if (!world.broken.empty()) return world.broken;
  for (const RecordName record : {record_a, record_b}) {
    const auto open = std::ranges::count_if(
        world.rows, [&](const Row& row) { return row.record == record && row.open; });
    if (open > 1) return "two attempts of one record are under way";
  }
  std::string broken = idle_with_work(world, profile);
  if (broken.empty()) broken = unexplained(world, profile);
  if (broken.empty()) broken = pending_but_there(world);
  return broken;
}

}  // namespace lodge::test
