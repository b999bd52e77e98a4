#include "fuzz/seed_store.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "fuzz/fuzz.hpp"
#include "lodge/error.hpp"
#include "storage/store.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::fuzz {
namespace {

using namespace storage;

constexpr Time start{std::chrono::hours(24 * 365 * 50)};

SubmissionId id_of(std::uint8_t last) {
  SubmissionId id;
  id.bytes[6] = 0x70;
  id.bytes[15] = last;
  return id;
}

Draft draft_of(std::uint8_t last, std::string key) {
  Draft draft;
  draft.id = id_of(last);
  draft.record = {"availability", std::move(key)};
  draft.identity = "ada";
  return draft;
}

Settled settled_as(State state, const Claim& claim, const Claimed& claimed) {
  Settled settled;
  settled.submission = claim.submission;
  settled.attempt = claimed.attempt;
  settled.outcome = "done";
  settled.state = state;
  settled.due_at = start;
  settled.action = name(state);
  if (state == State::delivered) {
    settled.evidence = "201 with ETag";
    settled.record = RecordLearned{.presence = Presence::present,
                                   .version = Version{"\"1\""},
                                   .text = RecordLearned::Text::of_request};
  }
  if (state == State::conflicted) settled.conflict = ConflictFound{.theirs = "{\"b\":2}"};
  return settled;
}

void send(Store& store, const Submission& submission, State state) {
  const Act act{start, "lodge", "a test"};
  const std::int64_t epoch = store.begin_epoch(act);
  Claim claim{.submission = submission.number, .step = Step::send};
  claim.request = NewRequest{.key = {submission.id.bytes}, .url = "https://forms.example.org/x"};
  const Claimed claimed = store.claim({&claim, 1}, epoch, start).at(0);
  if (!claimed.attempt) return;
  const Settled settled = settled_as(state, claim, claimed);
  store.settle({&settled, 1}, {}, act);
}

Submission submit(Store& store, std::uint8_t last, const std::string& key) {
  return store.submit({.draft = draft_of(last, key), .bytes = "{\"monday\":\"09:00\"}"},
                      {start, "ada", "entered"});
}

void fill(Store& store) {
  send(store, submit(store, 1, "one"), State::delivered);
  send(store, submit(store, 2, "two"), State::conflicted);
  send(store, submit(store, 3, "three"), State::rejected);
  submit(store, 4, "one");
  submit(store, 5, "four");
  store.save({.draft = draft_of(6, "five"), .bytes = "{\"tuesday\":1}", .fresh_id = id_of(7)},
             {start, "ada", {}});
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
}

void tolerate(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    require(error.code() != Errc::invalid_argument, "a damaged store is not the caller's fault");
    require(std::string_view(error.what()).size() > 10, "a sentence");
  }
}

void read(Store& store) {
  tolerate([&] { (void)store.verify_history(); });
  tolerate([&] { (void)store.broken_invariants(); });
  tolerate([&] { (void)store.history({}); });
  tolerate([&] { (void)store.outbox({.settled_too = true}); });
  tolerate([&] { (void)store.drafts(std::nullopt); });
  tolerate([&] { (void)store.conflicts(std::nullopt); });
  tolerate([&] { (void)store.gates(); });
  tolerate([&] { (void)store.tally(); });
  tolerate([&] { (void)store.edit_facts({"availability", "one"}, "ada", "normal"); });
  for (std::uint8_t last = 1; last < 8; ++last) {
    tolerate([&] { (void)store.delivery_facts(id_of(last)); });
    tolerate([&] { (void)store.content(store.submission_content(id_of(last))); });
    tolerate([&] { (void)store.attempts(id_of(last)); });
    tolerate([&] { (void)store.receipt(id_of(last)); });
  }
}

void write_in(Store& store) {
  const Act act{start, "ada", "after the damage"};
  tolerate([&] { send(store, submit(store, 8, "six"), State::delivered); });
  tolerate([&] { store.withdraw(id_of(4), true, true, act); });
  tolerate([&] { store.retry({}, act); });
  tolerate([&] { store.discard(id_of(6), act); });
  tolerate([&] {
    std::vector<std::int64_t> streams;
    for (const Stream& stream : store.streams()) streams.push_back(stream.number);
    for (const Due& due : store.due(streams, start, std::chrono::hours(1), 10)) {
      send(store, due.submission, State::delivered);
    }
  });
}

}  // namespace

const SeedStore& seed_store() {
  static const SeedStore seed = [] {
    const test::TemporaryFolder folder;
    const std::string path = folder / "seed.lodge";
    SeedStore made;
    { Store(StoreOptions{.path = path}).set_fact("made", "yes", {start, "lodge", {}}); }
    Store store(StoreOptions{.path = path});
    fill(store);
    made.file = bytes_of(path);
    made.log = bytes_of(path + "-wal");
    return made;
  }();
  return seed;
}

void use_store(const SeedStore& bytes) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  write(path, bytes.file);
  if (!bytes.log.empty()) write(path + "-wal", bytes.log);
  tolerate([&] {
    Store store(StoreOptions{.path = path});
    read(store);
    write_in(store);
    read(store);
  });
}

}  // namespace lodge::fuzz
