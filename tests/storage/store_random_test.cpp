#include <cstdlib>
#include <random>

#include "storage/store_fixture.hpp"
#include "storage/store_model.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

/// Does random things to a store and to the model of one, and compares them after each.
class RandomDay {
 public:
  explicit RandomDay(std::uint64_t seed) : random_(seed) {}

  void step() {
    kiosk_.now += 20min;
    switch (below(16)) {
      case 0:
      case 1:
        save();
        break;
      case 2:
      case 3:
        submit();
        break;
      case 4:
        submit_again();
        break;
      case 5:
        discard();
        break;
      case 6:
        remove();
        break;
      case 7:
        withdraw();
        break;
      case 8:
        retry();
        break;
      case 9:
        resolve();
        break;
      case 10:
        claim();
        break;
      case 11:
        answer();
        break;
      case 12:
        answer();
        break;
      case 13:
        claim();
        break;
      case 14:
        learn();
        break;
      default:
        rarely();
        break;
    }
    compare();
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(std::size_t of) { return below(of) == 0; }
  std::string any_key() { return std::string(1, static_cast<char>('a' + below(3))); }
  std::string any_text() { return R"({"n":)" + std::to_string(below(4)) + "}"; }
  std::size_t any_form() { return below(model_.forms.size()); }

  static StoreModel::Slot slot_of(const Draft& draft) { return {draft.record.key, draft.identity}; }

  // The stored draft, an old copy of it in another window, a submitted form, or a fresh one.
  Draft any_draft() {
    Draft draft = kiosk_.form(any_key(), chance(3) ? "bob" : "");
    const auto stored = model_.drafts.find(slot_of(draft));
    if (stored != model_.drafts.end() && !chance(4)) {
      draft.id = stored->second.id;
      draft.revision = stored->second.revision - (chance(3) ? 1 : 0);
      if (chance(4)) draft.session = stored->second.session;
    }
    return draft;
  }

  void save() {
    Draft draft = any_draft();
    if (!model_.forms.empty() && chance(4)) {
      const auto& form = model_.forms[any_form()];
      draft.id = form.id;
      draft.record.key = form.key;
    }
    const std::string text = any_text();
    const bool autosave = chance(2);
    const SubmissionId fresh = kiosk_.fresh_id();
    last_ = "save " + text;
    const auto expected = model_.save(slot_of(draft), draft, text, fresh);
    CHECK(errc_of([&] {
            kiosk_.store().save(
                {.draft = draft, .bytes = text, .fresh_id = fresh, .autosave = autosave},
                kiosk_.act());
          }) == expected);
  }

  void submit(Draft draft, const std::string& text) {
    const auto expected = model_.submit(slot_of(draft), draft, text);
    CHECK(errc_of([&] { kiosk_.submit(draft, text); }) == expected);
  }

  void submit() {
    Draft draft = any_draft();
    for (const auto& form : model_.forms) {
      const bool amendable = form.key == draft.record.key && chance(4);
      if (amendable && draft.id != form.id) draft.amends = form.id;
    }
    last_ = draft.amends ? "amend" : "submit";
    submit(draft, any_text());
  }

  void submit_again() {
    if (model_.forms.empty()) return;
    const auto& form = model_.forms[any_form()];
    Draft draft = kiosk_.form(form.key);
    draft.id = form.id;
    last_ = "submit again";
    submit(draft, chance(2) && !form.text.empty() ? form.text : any_text());
  }

  void discard() {
    SubmissionId id = kiosk_.fresh_id();
    if (!model_.drafts.empty() && !chance(4)) id = model_.drafts.begin()->second.id;
    if (!model_.forms.empty() && chance(4)) id = model_.forms[any_form()].id;
    last_ = "discard";
    const auto expected = model_.discard(id);
    CHECK(errc_of([&] { kiosk_.store().discard(id, kiosk_.act()); }) == expected);
  }

  void remove() {
    const std::string key = any_key();
    last_ = "remove";
    const SubmissionId id = kiosk_.remove(key).id;
    model_.remove(id, key);
  }

  void withdraw() {
    if (model_.forms.empty()) return;
    const std::size_t form = any_form();
    const bool all = chance(2);
    const bool accept = chance(2);
    last_ = "withdraw";
    const SubmissionId id = model_.forms[form].id;
    const auto expected = model_.withdraw(form, all, accept);
    CHECK(errc_of([&] { kiosk_.store().withdraw(id, all, accept, kiosk_.act()); }) == expected);
  }

  void retry() {
    if (model_.forms.empty()) return;
    const std::size_t form = any_form();
    last_ = "retry";
    CHECK(kiosk_.store().retry({.id = model_.forms[form].id}, kiosk_.act()) ==
          (model_.retry(form) ? 1 : 0));
  }

  void resolve() {
    if (model_.forms.empty()) return;
    std::size_t form = any_form();
    for (std::size_t i = 0; i < model_.forms.size(); ++i) {
      if (model_.forms[i].state == State::conflicted) form = i;
    }
    const auto kind = static_cast<Resolution::Kind>(below(3));
    const SubmissionId fresh = kiosk_.fresh_id();
    const SubmissionId id = model_.forms[form].id;
    const std::string merged = any_text();
    const bool is_merged = kind == Resolution::Kind::merged;
    last_ = "resolve";
    std::optional<Version> version;
    for (const Conflict& conflict : kiosk_.store().conflicts(std::nullopt)) {
      if (conflict.submission == id) version = conflict.version;
    }
    const auto record = kiosk_.store().record({"availability", model_.forms[form].key});
    if (record && record->version && learned_.contains(model_.forms[form].key)) {
      version = record->version;
    }
    const auto expected = model_.resolve(form, kind == Resolution::Kind::theirs, fresh,
                                         is_merged ? merged : model_.forms[form].text);
    CHECK(errc_of([&] {
            kiosk_.store().resolve(id, kind, is_merged ? merged : "", version, fresh, kiosk_.act());
          }) == expected);
  }

  void claim() {
    if (model_.forms.empty()) return;
    const auto due = model_.due();
    const std::size_t form = due.empty() || chance(4) ? any_form() : *model_.find(*due.begin());
    const bool first = model_.forms[form].request == 0;
    last_ = "claim";
    const bool expected = model_.may_claim(form);
    const Claimed claimed = kiosk_.claim(model_.forms[form].id);
    CHECK(claimed.attempt.has_value() == expected);
    if (claimed.attempt) model_.claimed(form, *claimed.attempt, first);
  }

  // Most answers are of the newest attempts; some come very late, some twice.
  void answer() {
    if (model_.sent.empty()) return;
    const std::size_t recent = std::min<std::size_t>(model_.sent.size(), 4);
    const std::size_t which =
        chance(4) ? below(model_.sent.size()) : model_.sent.size() - 1 - below(recent);
    const auto sent = model_.sent[which];
    const auto& form = model_.forms[sent.form];
    constexpr State states[] = {State::pending,    State::unconfirmed, State::rejected,
                                State::conflicted, State::delivered,   State::delivered};
    const State state = states[below(std::size(states))];
    Settled settled = kiosk_.settled(form.id, {.attempt = sent.attempt}, state);
    const Version version{"\"" + std::to_string(++versions_) + "\""};
    if (state == State::delivered || state == State::conflicted) {
      settled.record = RecordLearned{.presence = Presence::present,
                                     .version = version,
                                     .text = RecordLearned::Text::given,
                                     .bytes = any_text()};
    }
    if (state == State::conflicted) {
      settled.conflict = ConflictFound{.theirs = any_text(), .version = version};
    }
    const bool next = (state == State::pending || state == State::unconfirmed) && chance(4);
    if (next) settled.request = NewRequest{.key = {kiosk_.fresh_id().bytes}, .url = "https://x"};
    last_ = "answer " + std::string(name(state));
    const bool owns = sent.open && form.state == State::sending;
    const Stored stored = kiosk_.settle(settled);
    CHECK(stored.late == !owns);
    if (state == State::delivered) learned_.insert(form.key);
    if (state == State::conflicted && owns) learned_.erase(form.key);
    model_.settled(which, state, next && owns);
  }

  void learn() {
    last_ = "learn";
    const std::string key = any_key();
    kiosk_.learn(key, any_text(), "\"" + std::to_string(++versions_) + "\"");
    learned_.insert(key);
  }

  void rarely() {
    if (chance(2)) {
      last_ = "begin epoch";
      kiosk_.begin_epoch();
      model_.begin_epoch();
      return;
    }
    last_ = "reopen";
    kiosk_.reopen();
  }

  void compare() {
    INFO("after " << last_);
    REQUIRE(kiosk_.store().broken_invariants() == std::vector<std::string>{});
    for (const auto& form : model_.forms) {
      const Submission stored = kiosk_.now_of(form.id);
      REQUIRE(name(stored.state) == name(form.state));
      REQUIRE(stored.place == form.place);
    }
    // The clock has moved beyond every due time.
    kiosk_.now += 20min;
    std::set<SubmissionId> due;
    for (const Due& one : kiosk_.due()) due.insert(one.submission.id);
    REQUIRE(due == model_.due());
    const auto drafts = kiosk_.store().drafts(std::nullopt);
    REQUIRE(drafts.size() == model_.drafts.size());
    for (const Draft& draft : drafts) {
      const auto& expected = model_.drafts.at(slot_of(draft));
      REQUIRE(draft.id == expected.id);
      REQUIRE(draft.revision == expected.revision);
      REQUIRE(draft.content.dump() == expected.text);
    }
  }

  std::string last_;  // what was done last
  std::mt19937_64 random_;
  Kiosk kiosk_;
  StoreModel model_;
  std::set<std::string> learned_;  // records heard of since their last conflict
  int versions_ = 0;
};

int test_size() {
  const char* given = std::getenv("LODGE_TEST_SIZE");
  return given != nullptr ? std::max(1, std::atoi(given)) : 1;
}

}  // namespace

TEST_CASE("random words, deliveries and crashes leave a store that agrees with its model") {
  for (int round = 1; round <= 3 * test_size(); ++round) {
    RandomDay day(static_cast<std::uint64_t>(round));
    for (int step = 0; step < 100; ++step) {
      INFO("seed " << round << ", step " << step);
      day.step();
    }
  }
}
