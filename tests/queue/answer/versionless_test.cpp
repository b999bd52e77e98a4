#include "queue/answer/versionless.hpp"

#include <string>

#include "queue/answer/settle.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Texts;
using storage::Due;

const std::string base_text = R"({"a":1,"b":1})";
const Texts texts{.ours = R"({"a":2,"b":1})", .base = base_text};

Due checked(Due due, int status = 412) { return after_word(std::move(due), status); }

}  // namespace

TEST_CASE("a copy that never names its version ends with a person") {
  Scene scene;
  Due due = checked(an_update());
  const Reply reply = a_reply(200, base_text, {{"Content-Type", "application/json"}});
  int reads = 0;
  while (due.submission.state != State::conflicted && reads < 10) {
    const auto row = scene.check(due, texts, reply).settled;
    due = next_due(due, row);
    ++reads;
  }
  CHECK(reads == 4);
}

TEST_CASE("a read that failed is none of the three before a person is asked for a version") {
  Scene scene;
  Due due = checked(an_update(), 500);
  due.submission.tries = 9;
  const Reply no_tag = a_reply(200, base_text, {{"Content-Type", "application/json"}});
  Reply lost;
  lost.error = TransportError::cut;
  lost.departures = 1;
  for (int read = 1; read <= 3; ++read) {
    for (const Reply& failed : {a_reply(500), lost, a_reply(200, "{"), a_reply(500)}) {
      const int tries = due.submission.tries;
      due = next_due(due, scene.check(due, texts, failed).settled);
      REQUIRE(due.submission.state == State::unconfirmed);
      CHECK(due.submission.tries == tries + 1);
    }
    CHECK(due.submission.problem.find("The server answered 500.") != std::string::npos);
    due = next_due(due, scene.check(due, texts, no_tag).settled);
    CAPTURE(read);
    CHECK(due.submission.state == State::unconfirmed);
    CHECK(due.submission.problem.find("names no version") != std::string::npos);
  }
  const auto row = scene.check(due, texts, no_tag).settled;
  CHECK(row.state == State::conflicted);
  CHECK(row.conflict->theirs == base_text);
}

TEST_CASE("the words count the copies without a version, whatever stands behind them") {
  std::string words = "The server answered 412.";
  CHECK(queue::versionless_reads("") == 0);
  CHECK(queue::versionless_reads(words) == 0);
  CHECK(queue::after_failed_read(words, "It was slow.") == "It was slow.");
  for (const int reads : {1, 2, 3, 3}) {
    words = queue::after_versionless_read(words);
    CHECK(queue::versionless_reads(words) == reads);
    words = queue::after_failed_read(words, "It was slow.");
    CHECK(queue::after_failed_read(words, "It was slow.") == words);
    CHECK(words.ends_with(". It was slow."));
    CHECK(queue::versionless_reads(words) == reads);
  }
}
