#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* old_text = R"({"monday":"8"})";
constexpr const char* ours = R"({"monday":"9"})";
const RecordId ada{"availability", "ada"};

RecordLearned copy(std::string bytes, std::optional<Version> version) {
  return {.presence = Presence::present,
          .version = std::move(version),
          .text = RecordLearned::Text::given,
          .bytes = std::move(bytes)};
}

std::string text_of_record(Kiosk& kiosk) {
  return kiosk.store().content(kiosk.store().record_content(ada));
}

}  // namespace

TEST_CASE("an answer that was asked for before a delivery changes nothing after it") {
  Kiosk kiosk;
  kiosk.learn("ada", old_text, "\"1\"");
  const KnownRecord before = kiosk.known(ada);
  const auto form = kiosk.submit("ada", ours);
  kiosk.deliver(form.id, "\"2\"");
  const auto entries = kiosk.store().tally().history_entries;
  CHECK_FALSE(
      kiosk.store().learn(ada, copy(old_text, Version{"\"1\""}), before, kiosk.act()).taken);
  CHECK(kiosk.store().record(ada)->version == Version{"\"2\""});
  CHECK(text_of_record(kiosk) == ours);
  CHECK(kiosk.store().tally().history_entries == entries);
  CHECK_INTACT(kiosk);
}

TEST_CASE("an answer that was asked for before the record's creation does not undo it") {
  Kiosk kiosk;
  const KnownRecord before = kiosk.known(ada);
  kiosk.deliver(kiosk.submit("ada", ours).id);
  CHECK_FALSE(kiosk.store().learn(ada, {.presence = Presence::absent}, before, kiosk.act()).taken);
  CHECK(kiosk.store().record(ada)->presence == Presence::present);
  CHECK_INTACT(kiosk);
}

TEST_CASE("an answer comes too late for what another process has learned meanwhile") {
  Kiosk kiosk;
  kiosk.learn("ada", old_text, "\"1\"");
  const KnownRecord before = kiosk.known(ada);
  const auto other = kiosk.another();
  CHECK(other->learn(ada, copy(ours, Version{"\"2\""}), before, kiosk.act()).taken);
  CHECK_FALSE(
      kiosk.store().learn(ada, copy(old_text, Version{"\"1\""}), before, kiosk.act()).taken);
  CHECK(text_of_record(kiosk) == ours);
}

TEST_CASE("an answer comes too late for a record that looks the same again") {
  Kiosk kiosk;
  kiosk.store().learn(ada, {.presence = Presence::absent}, kiosk.known(ada), kiosk.act());
  const KnownRecord before = kiosk.known(ada);
  kiosk.now += 1s;
  kiosk.deliver(kiosk.submit("ada", ours).id);
  kiosk.deliver(kiosk.remove("ada").id);
  CHECK_FALSE(kiosk.store().learn(ada, copy(ours, Version{"\"1\""}), before, kiosk.act()).taken);
  CHECK(kiosk.store().record(ada)->presence == Presence::absent);
}

TEST_CASE("an answer comes too late for a record whose form was taken back unsure") {
  Kiosk kiosk;
  kiosk.learn("ada", old_text, "\"1\"");
  const KnownRecord before = kiosk.known(ada);
  const auto form = kiosk.submit("ada", ours);
  kiosk.attempt(form.id, State::unconfirmed);
  kiosk.store().withdraw(form.id, false, true, kiosk.act());
  CHECK_FALSE(
      kiosk.store().learn(ada, copy(old_text, Version{"\"1\""}), before, kiosk.act()).taken);
  CHECK(kiosk.store().record(ada)->presence == Presence::unknown);
}

TEST_CASE("an answer that comes while a form is under way is kept, until that form's own comes") {
  Kiosk kiosk;
  const KnownRecord before = kiosk.known(ada);
  const auto form = kiosk.submit("ada", ours);
  const auto claimed = kiosk.claim(form.id);
  CHECK(kiosk.store().learn(ada, {.presence = Presence::absent}, before, kiosk.act()).taken);
  CHECK(kiosk.store().record(ada)->presence == Presence::absent);
  Settled delivered = kiosk.settled(form.id, claimed, State::delivered);
  delivered.record = RecordLearned{.presence = Presence::present,
                                   .version = Version{"\"1\""},
                                   .text = RecordLearned::Text::of_submission};
  CHECK_FALSE(kiosk.settle(delivered).late);
  CHECK(kiosk.store().record(ada)->presence == Presence::present);
  CHECK(text_of_record(kiosk) == ours);
  CHECK_INTACT(kiosk);
}
