#include <functional>

#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

/// What the call is refused with: from a capital to a full stop, and more than one clause long.
void expect_sentence(const std::function<void()>& call) {
  const auto error = test::error_of(call);
  REQUIRE(error);
  const std::string sentence = error->what();
  INFO(sentence);
  CHECK(test::is_advice(sentence));
  CHECK((sentence[0] >= 'A' && sentence[0] <= 'Z'));
  CHECK(sentence.back() == '.');
  CHECK(sentence.find_first_of(".;") + 1 < sentence.size());  // what is wrong, then what to do
}

TEST_CASE("a refused option is told in sentences") {
  const std::function<void(Options&)> spoilers[] = {
      [](Options& o) { o.store.clear(); },
      [](Options& o) { o.in_flight = 0; },
      [](Options& o) { o.depth_limit = 65; },
      [](Options& o) { o.body_limit = 1; },
      [](Options& o) { o.outbox_limit = 0; },
      [](Options& o) { o.outbox_bytes = 0; },
      [](Options& o) { o.retry.factor = 0; },
      [](Options& o) { o.spread = Duration(-1); },
      [](Options& o) { o.identity = std::string(201, 'x'); },
      [](Options& o) { o.identity = "\xff"; },
      [](Options& o) { o.identity = "a\x01"; },
      [](Options& o) { o.probe_url = "probe"; },
      [](Options& o) { o.content_type = "a\nb"; },
      [](Options& o) { o.reason_header = "a b"; },
      [](Options& o) { o.sqlite_vfs = "no such"; },
  };
  for (const auto& spoil : spoilers) {
    Kiosk kiosk;
    Options options = kiosk.options();
    spoil(options);
    expect_sentence([&] { Client client(options); });
  }
}

TEST_CASE("a refused call is told in sentences") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const auto unknown = *SubmissionId::parse("0190f3a2-0000-7000-8000-000000000002");
  const Submission pending = client.outbox().at(0);
  const Draft draft = client.edit(ada);
  Draft spoiled = draft;
  spoiled.content["x"] = "\xff";
  const std::vector<Draft> both{draft, spoiled};
  expect_sentence([&] { client.explain(unknown); });
  expect_sentence([&] { client.content(unknown); });
  expect_sentence([&] { client.retry(unknown); });
  expect_sentence([&] { client.retry(pending.id); });
  expect_sentence([&] { client.withdraw(unknown); });
  expect_sentence([&] { client.resolve(pending.id, Resolution::ours(), std::nullopt); });
  expect_sentence([&] { client.outbox({.limit = 0}); });
  expect_sentence([&] { client.history({.limit = 0}); });
  expect_sentence([&] { client.submit(spoiled); });
  expect_sentence([&] { client.submit_all(both); });
  expect_sentence([&] { client.submit(draft, {.reason = "\xff"}); });
  expect_sentence([&] { client.submit(draft, {.effective_at = Time::max()}); });
  expect_sentence([&] { client.submit(Draft{.record = ada}); });
  expect_sentence([&] { client.edit({"availability", "x"}, {.lane = ""}); });
  expect_sentence([&] { client.remove(ada, {.version = Version{"7"}}); });
  expect_sentence([&] { static_cast<void>(client.on_event(EventHandler())); });
}

TEST_CASE("a client without an endpoint, and one for another, is told in sentences") {
  Kiosk kiosk;
  test::lived_in(kiosk);
  kiosk.client.reset();
  Options options = kiosk.options();
  options.endpoint = "https://elsewhere.example.org/v1";
  expect_sentence([&] { Client client(options); });
  options.endpoint.clear();
  Client client(options);
  expect_sentence([&] { client.submit(client.edit(ada)); });
  expect_sentence([&] { client.remove(ada); });
}

}  // namespace
}  // namespace lodge
