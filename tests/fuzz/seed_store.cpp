#include "fuzz/seed_store.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/temporary_folder.hpp"

namespace lodge::fuzz {
namespace {

using namespace storage;

constexpr const char* entered = R"({"monday":"09:00"})";
constexpr const char* in_progress = R"({"tuesday":1})";
constexpr const char* of_the_server = R"({"b":2})";

Draft draft_of(std::uint8_t last, std::string key) {
  Draft draft;
  draft.id = seed_id(last);
  draft.record = {"availability", std::move(key)};
  draft.identity = "ada";
  return draft;
}

Settled settled_as(State state, const Claim& claim, const Claimed& claimed) {
  Settled settled;
  settled.submission = claim.submission;
  settled.attempt = claimed.attempt.value();
  settled.outcome = "done";
  settled.state = state;
  settled.due_at = seed_time;
  settled.action = name(state);
  if (state == State::delivered) {
    settled.evidence = "201 with ETag";
    settled.record = RecordLearned{.presence = Presence::present,
                                   .version = Version{"\"1\""},
                                   .text = RecordLearned::Text::of_request};
  }
  if (state == State::conflicted) settled.conflict = ConflictFound{.theirs = of_the_server};
  return settled;
}

void fill(Store& store) {
  deliver_form(store, submit_form(store, 1, "one"), State::delivered);
  deliver_form(store, submit_form(store, 2, "two"), State::conflicted);
  deliver_form(store, submit_form(store, 3, "three"), State::rejected);
  submit_form(store, 4, "one");
  submit_form(store, 5, "four");
  store.save({.draft = draft_of(6, "five"), .bytes = in_progress, .fresh_id = seed_id(7)},
             {seed_time, "ada", {}});
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
}

}  // namespace

SubmissionId seed_id(std::uint8_t last) {
  SubmissionId id;
  id.bytes[6] = 0x70;
  id.bytes[15] = last;
  return id;
}

bool is_seed_text(std::string_view bytes) {
  const std::array<std::string_view, 3> texts = {entered, in_progress, of_the_server};
  return std::ranges::find(texts, bytes) != texts.end();
}

Submission submit_form(Store& store, std::uint8_t last, const std::string& key) {
  return store.submit({.draft = draft_of(last, key), .bytes = entered},
                      {seed_time, "ada", "entered"});
}

void deliver_form(Store& store, const Submission& submission, State state) {
  const Act act{seed_time, "lodge", "a test"};
  const std::int64_t epoch = store.begin_epoch(act);
  Claim claim{.submission = submission.number, .step = Step::send};
  claim.request = NewRequest{.key = {submission.id.bytes}, .url = "https://forms.example.org/x"};
  const Claimed claimed = store.claim({&claim, 1}, epoch, seed_time).at(0);
  if (!claimed.attempt) return;
  const Settled settled = settled_as(state, claim, claimed);
  store.settle({&settled, 1}, {}, act);
}

const SeedStore& seed_store() {
  static const SeedStore seed = [] {
    const test::TemporaryFolder folder;
    const std::string path = folder / "seed.lodge";
    SeedStore made;
    { Store(StoreOptions{.path = path}).set_fact("made", "yes", {seed_time, "lodge", {}}); }
    Store store(StoreOptions{.path = path});
    fill(store);
    made.file = bytes_of(path);
    made.log = bytes_of(path + "-wal");
    return made;
  }();
  return seed;
}

void put_store(const SeedStore& bytes, const std::string& path) {
  write(path, bytes.file);
  if (!bytes.log.empty()) write(path + "-wal", bytes.log);
}

}  // namespace lodge::fuzz
