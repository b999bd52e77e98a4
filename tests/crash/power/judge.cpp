#include "crash/power/judge.hpp"

#include <algorithm>
#include <utility>

#include "crash/power/workloads.hpp"
#include "storage/store.hpp"

namespace lodge::test {
namespace {

bool is_prefix(const std::vector<Digest>& shorter, const std::vector<Digest>& longer) {
  return shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

/// One effect for each intent: every form that the client holds to be delivered took effect once.
std::string doubled(const demo::FormsServer& server) {
  std::map<std::string, int> effects;
  for (const auto& effect : server.ledger().effects()) {
    if (effect.by == demo::somebody_else) continue;
    const std::string intent = effect.record.key + " " + (effect.body ? *effect.body : "");
    if (++effects[intent] > 1) return "took effect twice: " + intent.substr(0, 60);
  }
  return {};
}

/// A sync failed in that call, and it was made again. What the first try wrote may be there until
/// then: nobody was told anything yet.
bool was_made_again(const Promise& promise, const std::vector<DiskOperation>& log) {
  const auto at = [&](std::size_t position) {
    return log.begin() + static_cast<std::ptrdiff_t>(position);
  };
  return std::any_of(at(promise.begun), at(promise.kept), [](const auto& operation) {
    return operation.kind == DiskOperation::Kind::failed_sync;
  });
}

bool waits(const Status& status) {
  const auto count = [&](State state) { return status.counts[static_cast<int>(state)]; };
  return count(State::pending) + count(State::sending) + count(State::unconfirmed) > 0;
}

}  // namespace

SweepCount& SweepCount::operator+=(const SweepCount& other) {
  points += other.points;
  images += other.images;
  distinct += other.distinct;
  opened += other.opened;
  states += other.states;
  nested_points += other.nested_points;
  nested_images += other.nested_images;
  drained += other.drained;
  breaches += other.breaches;
  return *this;
}

Judge::Judge(Desk& desk, const SweepOptions& options) : desk_(desk), options_(options) {}

SweepCount Judge::sweep() {
  desk_.end_recording();
  PowerCut power(desk_.disk.recorded_from(), desk_.disk.log(), options_.limits, desk_.seed);
  power.run([this](std::size_t position, const DiskImage& image) { see(position, image); },
            options_.stride);
  count_.points = power.points();
  count_.images = power.images();
  count_.distinct = static_cast<std::int64_t>(known_.size());
  count_.states = static_cast<std::int64_t>(states_.size());
  return count_;
}

void Judge::see(std::size_t position, const DiskImage& image) {
  compare_once(position, look(position, image));
}

Judge::Found Judge::look(std::size_t position, const DiskImage& image) {
  auto& known = known_[image.digest()];
  if (known) return known;
  const auto number = static_cast<int>(known_.size());
  const auto due = [&](int every) { return every > 0 && number % every == 0; };
  const auto found = known = recover(image, due(options_.open_every));
  if (!found->error.empty()) return found;
  if (due(options_.nested_every)) cut_again(position, image, found->view);
  if (due(options_.drain_every)) drain(position, image);
  return found;
}

Options Judge::options() {
  Options options = desk_.options();
  options.sqlite_vfs = disk_.name();
  options.deliver = false;
  return options;
}

/// What a client reads of an image depends on the pages that SQLite recovers from it. Where a
/// client has seen these, SQLite's recovery alone is enough, but for some that are opened anyway.
Judge::Found Judge::recover(const DiskImage& image, bool anyway) {
  disk_.load(image);
  const auto digest = disk_.recovered_digest(desk_.store);
  if (digest == 0) return open(image);
  auto& known = recovered_[digest];
  if (!known || anyway) known = open(image);
  return known;
}

Judge::Found Judge::open(const DiskImage& image) {
  ++count_.opened;
  disk_.load(image);
  try {
    Client client(options());
    return examine(client);
  } catch (const std::exception& error) {
    return std::make_shared<const Finding>(Finding{.error = error.what()});
  }
}

/// The full look is taken once for each state of the committed pages.
Judge::Found Judge::examine(Client& client) {
  const auto given = options();
  const auto digest = disk_.committed_digest(given.store);
  const auto known = states_.find(digest);
  if (digest != 0 && known != states_.end()) return known->second;
  Finding finding;
  try {
    finding.view = view_of(client);
    storage::Store store({.path = given.store, .vfs = given.sqlite_vfs});
    for (const auto& broken : store.broken_invariants()) finding.error += broken + "; ";
  } catch (const std::exception& error) {
    finding.error = error.what();
  }
  return states_[digest] = std::make_shared<const Finding>(std::move(finding));
}

/// The power goes again: while the store is recovered, at the first commits after that, and while
/// the log is copied into the file.
void Judge::cut_again(std::size_t position, const DiskImage& image, const View& left) {
  Desk second(desk_.seed + position);
  second.store = desk_.store;
  second.power_safe_overwrite = desk_.power_safe_overwrite;
  second.deliver = false;
  second.clock->set(desk_.clock->now());
  second.disk.load(image);
  second.begin_recording(left);
  try {
    after_a_cut(second);
  } catch (const std::exception& error) {
    return breach(position, std::string("work after the cut: ") + error.what());
  }
  SweepOptions once{.limits = options_.nested_limits, .open_every = 0};
  once.limits.spill = options_.limits.spill;
  Judge again(second, once);
  const auto count = again.sweep();
  count_.nested_points += count.points;
  count_.nested_images += count.images;
  for (const auto& sentence : again.breaches()) breach(position, "second cut, " + sentence);
}

/// The server as it was then, the client as it is now: everything is delivered, once.
void Judge::drain(std::size_t position, const DiskImage& image) {
  const auto later = std::find_if(desk_.moments.begin(), desk_.moments.end(),
                                  [&](const auto& one) { return one.position > position; });
  auto server = demo::FormsServer::restore({}, std::prev(later)->state);
  const auto clock = std::make_shared<VirtualClock>(desk_.clock->now());
  disk_.load(image);
  auto given = options();
  given.deliver = true;
  given.clock = clock;
  given.transport = std::make_shared<MemoryTransport>(
      [&](const Request& request) { return server.handle(request, clock->now()); });
  try {
    Client client(given);
    client.resume();
    for (int i = 0; i < 500 && waits(client.status()); ++i) {
      const auto next = client.step();
      if (!next) break;
      clock->set(std::max(clock->now(), *next));
    }
    if (waits(client.status())) breach(position, "the outbox does not empty");
  } catch (const std::exception& error) {
    breach(position, std::string("delivery after the cut: ") + error.what());
  }
  if (const auto twice = doubled(server); !twice.empty()) breach(position, twice);
  for (const auto& key : server.ledger().doubled_keys()) breach(position, "doubled key " + key);
  ++count_.drained;
}

/// Most images of a moment are found alike.
void Judge::compare_once(std::size_t position, const Found& found) {
  if (std::exchange(moment_, position) != position) compared_.clear();
  if (found->error.empty() && std::ranges::find(compared_, found) != compared_.end()) return;
  const auto before = count_.breaches;
  compare(position, *found);
  if (count_.breaches == before) compared_.push_back(found);
}

void Judge::compare(std::size_t position, const Finding& finding) {
  if (!finding.error.empty()) return breach(position, finding.error);
  for (const auto& one : desk_.accepted)
    if (one.position <= position && finding.view.text.find(one.shown) == std::string::npos)
      return breach(position, "accepted, but not there: " + one.shown.substr(0, 60));
  const auto& promises = desk_.promises;
  std::size_t last = promises.size();
  for (std::size_t i = 0; i < promises.size() && promises[i].kept <= position; ++i) last = i;
  const bool none = last == promises.size();  // the store was still being made
  const std::size_t next = none ? 0 : last + 1;
  if (!none && finding.view == promises[last].view) return;
  const bool begun = next < promises.size() && (none || promises[next].begun < position);
  if (begun && promises[next].whole && finding.view == promises[next].view) return;
  if (begun && !none && was_made_again(promises[next], desk_.disk.log()) &&
      is_prefix(promises[last].view.chain, finding.view.chain))
    return;
  if (begun && !promises[next].whole) {
    const bool keeps = none || is_prefix(promises[last].view.chain, finding.view.chain);
    if (keeps && (none || is_prefix(finding.view.chain, promises[next].view.chain))) return;
    return breach(position, "it is not between before and after \"" + promises[next].what + "\"");
  }
  breach(position, "not as it was after \"" + (none ? "nothing" : promises[last].what) +
                       (begun ? "\", nor after \"" + promises[next].what : "") + "\"");
}

void Judge::breach(std::size_t position, const std::string& sentence) {
  ++count_.breaches;
  if (breaches_.size() < options_.most_breaches)
    breaches_.push_back("cut " + std::to_string(position) + ": " + sentence);
}

}  // namespace lodge::test
