#include "crash/faults/fault_sweep.hpp"

#include <algorithm>
#include <new>

#include "storage/store.hpp"

namespace lodge::test {
namespace {

/// Empty: it succeeded. "?" and the words: an error that does not fit.
std::string error_of(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const Error& error) {
    const auto code = error.code();
    const bool fits = code == Errc::io || code == Errc::disk_full || code == Errc::out_of_memory;
    return (fits ? "" : "?") + std::string(name(code)) + ": " + error.what();
  } catch (const std::bad_alloc&) {
    return "out_of_memory";
  } catch (const std::exception& error) {
    return std::string("?") + error.what();
  }
}

}  // namespace

std::int64_t FaultSweep::run(bool for_good, std::int64_t stride) {
  std::int64_t struck = 0;
  for (std::int64_t nth = 1;; nth += stride) {
    if (!desk_) move_in();
    if (!strike(nth, for_good)) break;
    ++struck;
    if (++round_ % subject_.rounds == 0) move_out();
    if (breaches_.size() > 5) break;
  }
  move_out();
  return struck;
}

void FaultSweep::move_in() {
  desk_ = std::make_unique<Desk>(1);
  desk_->deliver = subject_.heals_itself || subject_.delivers;
  trouble_.move_in(*desk_);
  desk_->open();
}

void FaultSweep::move_out() {
  if (!desk_) return;
  const auto last = view_of(*desk_->clients.front());
  desk_->clients.clear();
  const auto options = desk_->options();
  {
    storage::Store store({.path = options.store, .vfs = options.sqlite_vfs});
    for (const auto& broken : store.broken_invariants()) breach(broken);
  }
  desk_->open();
  if (!(view_of(*desk_->clients.front()) == last)) breach("opened anew it shows something else");
  desk_->clients.clear();
  desk_.reset();
}

bool FaultSweep::strike(std::int64_t nth, bool for_good) {
  nth_ = nth;
  for_good_ = for_good;
  const auto call = subject_.prepare(*desk_, round_);
  const auto before = view_of(*desk_->clients.front());
  if (cold_) {
    desk_->clients.clear();
    desk_->open();
  }
  trouble_.arm(nth, for_good);
  const auto error = error_of(call);
  const bool struck = trouble_.end();
  judge(error, before, call);
  return struck;
}

void FaultSweep::judge(const std::string& error, const View& before,
                       const std::function<void()>& call) {
  if (error.starts_with('?')) breach("an error that does not fit: " + error);
  if (subject_.heals_itself) return deliver_all();
  const auto after = view_of(*desk_->clients.front());
  const bool changed = !(after == before);
  if (!error.empty() && changed && !subject_.learns)
    breach("failed (" + error + "), and something changed");
  if (error.empty() && !changed && !subject_.only_reads) breach("succeeded, and nothing changed");
  if (error.empty()) return;
  const auto again = error_of(call);
  if (!again.empty()) breach("still fails when the trouble is over: " + again);
}

/// What waits is delivered once, a moment after the trouble is over.
void FaultSweep::deliver_all() {
  Client& client = *desk_->clients.front();
  const auto deadline = desk_->clock->now() + std::chrono::minutes(20);
  const auto unsettled = [&] { return client.status().oldest_unsettled.has_value(); };
  while (unsettled() && desk_->clock->now() < deadline) {
    const auto next = client.step();
    if (settle_conflicts()) continue;
    if (!next) break;
    desk_->clock->set(std::max(desk_->clock->now(), *next));
  }
  if (unsettled()) breach("delivery does not go on when the trouble is over");
  const auto& all = desk_->server.ledger().effects();
  const auto theirs = std::ranges::count(all, demo::somebody_else, &demo::Effect::by);
  const auto effects = static_cast<std::int64_t>(all.size()) - theirs;
  const auto delivered = client.status().counts[static_cast<int>(State::delivered)];
  if (effects != delivered)
    breach("effects: " + std::to_string(effects) + ", delivered: " + std::to_string(delivered));
}

/// True when there were any.
bool FaultSweep::settle_conflicts() {
  Client& client = *desk_->clients.front();
  const auto all = client.conflicts();
  for (const auto& found : all) client.resolve(found.submission, Resolution::ours(), found.version);
  return !all.empty();
}

void FaultSweep::breach(const std::string& sentence) {
  breaches_.push_back(subject_.name + ", " + (for_good_ ? "for good" : "once") + " from " +
                      std::to_string(nth_) + ": " + sentence);
}

}  // namespace lodge::test
