#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

bool says(const std::string& words, const std::string& part) {
  return words.find(part) != std::string::npos;
}

TEST_CASE("explain: a withdrawn form says who took it back, and when") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.identity = "ada";
  kiosk.client = std::make_unique<Client>(options);
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client->withdraw(submission.id);
  const std::string words = kiosk.client->explain(submission.id).words;
  INFO(words);
  CHECK(says(words, "withdrawn: It was taken back by ada at "));
  CHECK(says(words, " UTC."));
}

TEST_CASE("explain: a form withdrawn in favour of theirs says so") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"x", "theirs"}}, kiosk.clock->now());
  kiosk.open();
  const Submission ours = kiosk.file(ada, {{"x", "ours"}});
  kiosk.run(std::chrono::minutes(1));
  kiosk.client->resolve(ours.id, Resolution::theirs(), kiosk.client->conflicts().at(0).version);
  const std::string words = kiosk.client->explain(ours.id).words;
  INFO(words);
  CHECK(says(words, "(theirs kept)."));
}

TEST_CASE("explain: a replaced form names the one in its place") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"x", "theirs"}}, kiosk.clock->now());
  kiosk.open();
  const Submission ours = kiosk.file(ada, {{"x", "ours"}});
  kiosk.run(std::chrono::minutes(1));
  const auto next =
      kiosk.client->resolve(ours.id, Resolution::ours(), kiosk.client->conflicts().at(0).version);
  REQUIRE(next);
  const std::string words = kiosk.client->explain(ours.id).words;
  CHECK(says(words, "replaced: Submission " + next->id.text() + " goes in its place."));
}

}  // namespace
}  // namespace lodge
