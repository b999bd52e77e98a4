#include "storage/store_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "storage/sqlite/database.hpp"

namespace lodge::storage::test {
namespace {

constexpr std::string_view collection = "availability";

}  // namespace

Kiosk::Kiosk(const StoreOptions& options) : options_(options) {
  options_.path = path();
  store_ = std::make_unique<Store>(options_);
}

std::unique_ptr<Store> Kiosk::another() const { return std::make_unique<Store>(options_); }

void Kiosk::reopen() {
  store_.reset();
  store_ = std::make_unique<Store>(options_);
}

std::vector<std::string> Kiosk::files_holding(std::string_view bytes) const {
  std::vector<std::string> holding;
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(stream), {}};
    if (all.find(bytes) != std::string::npos) holding.push_back(file.path().filename());
  }
  return holding;
}

SubmissionId Kiosk::fresh_id() {
  UuidChance chance{};
  ++ids_;
  for (int i = 0; i < 4; ++i) {
    chance[static_cast<std::size_t>(9 - i)] = static_cast<std::uint8_t>(ids_ >> (8 * i));
  }
  return {make_uuid_v7(now, chance)};
}

Draft Kiosk::form(std::string key, std::string identity) {
  Draft draft;
  draft.id = fresh_id();
  draft.record = {std::string(collection), std::move(key)};
  draft.identity = std::move(identity);
  draft.session = static_cast<std::int64_t>(ids_);
  return draft;
}

Draft Kiosk::save(const Draft& draft, std::string bytes, bool autosave) {
  return store().save(
      {.draft = draft, .bytes = std::move(bytes), .fresh_id = fresh_id(), .autosave = autosave},
      act());
}

Submission Kiosk::submit(const Draft& draft, std::string bytes) {
  return store().submit({.draft = draft, .bytes = std::move(bytes)}, act());
}

Submission Kiosk::submit(std::string key, std::string bytes) {
  return submit(form(std::move(key)), std::move(bytes));
}

Submission Kiosk::remove(std::string key) {
  return store().remove(
      {.id = fresh_id(), .record = {std::string(collection), std::move(key)}, .version = {}},
      act());
}

State Kiosk::state(const SubmissionId& id) { return now_of(id).state; }

Submission Kiosk::now_of(const SubmissionId& id) { return store().submission(id).value(); }

std::string Kiosk::text_of(const SubmissionId& id) {
  return store().content(store().submission_content(id));
}

std::vector<std::string> Kiosk::actions(const SubmissionId& id) {
  std::vector<std::string> actions;
  for (const auto& entry : store().history({.submission = id, .with_patches = false})) {
    actions.push_back(entry.action);
  }
  return actions;
}

std::int64_t Kiosk::begin_epoch() {
  epoch = store().begin_epoch({now, "lodge", "delivery began"});
  return epoch;
}

std::vector<Due> Kiosk::due() {
  std::vector<std::int64_t> streams;
  for (const Stream& stream : store().streams()) streams.push_back(stream.number);
  return store().due(streams, now, std::chrono::hours(1), 100);
}

Claimed Kiosk::claim(const SubmissionId& id, Step step) {
  if (epoch == 0) begin_epoch();
  const Due facts = store().delivery_facts(id).value();
  Claim claim{.submission = facts.submission.number, .step = step, .request = {}};
  if (step == Step::send && !facts.request) {
    claim.request = NewRequest{.key = {fresh_id().bytes},
                               .url = "https://forms.example.org/" + facts.submission.record.key,
                               .precondition = Precondition::absent};
  }
  return store().claim({&claim, 1}, epoch, now).at(0);
}

Settled Kiosk::settled(const SubmissionId& id, const Claimed& claimed, State state) {
  const Due facts = store().delivery_facts(id).value();
  Settled settled;
  settled.submission = facts.submission.number;
  settled.attempt = claimed.attempt.value();
  settled.outcome = state == State::delivered ? "done" : "retry";
  settled.state = state;
  settled.in_doubt = state == State::unconfirmed;
  settled.tries = facts.submission.tries;
  settled.due_at = now;
  settled.action = name(state);
  if (state == State::delivered) {
    settled.status = 201;
    settled.evidence = "201 with ETag";
  }
  if (state == State::rejected) settled.problem = "the form is refused";
  return settled;
}

Stored Kiosk::settle(const Settled& settled) {
  return store().settle({&settled, 1}, {}, act()).at(0);
}

Stored Kiosk::attempt(const SubmissionId& id, State state, std::string tag) {
  const Claimed claimed = claim(id);
  REQUIRE(claimed.attempt);
  Settled result = settled(id, claimed, state);
  if (state == State::delivered) {
    const bool removed = now_of(id).operation == Operation::remove;
    result.record = RecordLearned{
        .presence = removed ? Presence::absent : Presence::present,
        .version = removed ? std::nullopt : std::optional(Version{std::move(tag)}),
        .text = removed ? RecordLearned::Text::none : RecordLearned::Text::of_submission};
  }
  return settle(result);
}

void Kiosk::deliver(const SubmissionId& id, std::string tag) {
  const Stored stored = attempt(id, State::delivered, std::move(tag));
  REQUIRE(stored.state == State::delivered);
  REQUIRE_FALSE(stored.late);
}

void Kiosk::conflict(const SubmissionId& id, std::string theirs, std::string tag) {
  Settled result = settled(id, claim(id), State::conflicted);
  const Version version{std::move(tag)};
  result.record = RecordLearned{.presence = Presence::present,
                                .version = version,
                                .text = RecordLearned::Text::given,
                                .bytes = theirs};
  result.conflict = ConflictFound{
      .theirs = std::move(theirs), .version = version, .overlaps_json = R"(["/monday"])"};
  settle(result);
}

void Kiosk::learn(std::string key, std::string bytes, std::string tag) {
  const RecordId id{std::string(collection), std::move(key)};
  const Learned learned = store().learn(id,
                                        {.presence = Presence::present,
                                         .version = Version{std::move(tag)},
                                         .text = RecordLearned::Text::given,
                                         .bytes = std::move(bytes)},
                                        known(id), act("refresh"));
  REQUIRE(learned.taken);
}

KnownRecord Kiosk::known(const RecordId& id) {
  return {store().record(id).value_or(Record{}), store().record_content(id)};
}

void tamper(const std::string& path, const char* sql) {
  Database database({.path = path});
  database.run("PRAGMA foreign_keys = OFF");
  database.run(sql);
}

}  // namespace lodge::storage::test
