#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::expect_refusal;
using test::Kiosk;

const RecordId bob{"availability", "bob"};

/// Refused by save and by submit, and told to begin with edit().
void expect_foreign(Client& client, Draft draft) {
  draft.content["x"] = 1;
  expect_refusal(client, "invalid_argument", [&] { client.submit(draft); });
  expect_refusal(client, "invalid_argument", [&] { client.submit_all({&draft, 1}); });
  expect_refusal(client, "invalid_argument", [&] { client.save(draft); });
  const auto error = test::error_of([&] { client.submit(draft); });
  REQUIRE(error);
  CHECK(std::string(error->what()).ends_with("Begin with edit()."));
}

TEST_CASE("a draft made by hand is refused") {
  Kiosk kiosk;
  Draft draft;
  draft.record = bob;
  expect_foreign(kiosk.open(), draft);
}

TEST_CASE("a submitted draft given another record is refused, not called submitted already") {
  Kiosk kiosk;
  Client& client = kiosk.open();
  const Draft draft = client.edit(ada);
  Draft copy = draft;
  copy.record = bob;
  client.submit(draft);
  expect_foreign(client, copy);
}

TEST_CASE("a saved draft given another record is refused") {
  Kiosk kiosk;
  Client& client = kiosk.open();
  Draft draft = client.edit(ada);
  client.save(draft);
  Draft copy = draft;
  copy.record = bob;
  expect_foreign(client, copy);
}

TEST_CASE("a draft on top of one record's submission, given another record, is refused") {
  Kiosk kiosk;
  Client& client = kiosk.open();
  kiosk.file(ada, {{"x", 0}});
  Draft draft = client.edit(ada);
  REQUIRE(draft.base == BaseKind::after);
  draft.record = bob;
  expect_foreign(client, draft);
}

TEST_CASE("an effective time beyond what RFC 3339 can say is refused") {
  using std::chrono::January;
  using std::chrono::sys_days;
  constexpr Time first = sys_days(std::chrono::year(0) / January / 1);
  constexpr Time end = sys_days(std::chrono::year(10'000) / January / 1);
  constexpr Duration moment(1);
  Kiosk kiosk;
  Client& client = kiosk.open();
  const Draft draft = client.edit(ada);
  for (const Time time : {Time::min(), first - moment, end, Time::max()}) {
    expect_refusal(client, "invalid_argument",
                   [&] { client.submit(draft, {.effective_at = time}); });
    expect_refusal(client, "invalid_argument", [&] {
      client.submit_all({&draft, 1}, {.effective_at = time});
    });
  }
  CHECK(client.submit(draft, {.effective_at = first}).effective_at == first);
  CHECK(client.submit(client.edit(bob), {.effective_at = end - moment}).effective_at ==
        end - moment);
}

}  // namespace
}  // namespace lodge
