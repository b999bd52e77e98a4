#include <string>

#include "queue/answer/settle.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Texts;
using storage::Due;
using storage::GateReason;
using storage::GateScope;
using storage::Precondition;
using storage::RecordLearned;

const std::string base_text = R"({"a":1,"b":1})";
const std::string our_text = R"({"a":2,"b":1})";
const Texts texts{.ours = our_text, .base = base_text};

Due checked(Due due, int status = 412) { return after_word(std::move(due), status); }

}  // namespace

TEST_CASE("a check that finds ours delivers it, with the server's text and version") {
  Scene scene;
  const auto row = scene.check(checked(an_update()), texts, a_document(our_text, "\"v2\"")).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.evidence == "GET equals ours");
  CHECK(row.attempt == 12);
  CHECK_FALSE(row.in_doubt);
  REQUIRE(row.record);
  CHECK(row.record->version == Version{"\"v2\""});
  CHECK(row.record->text == RecordLearned::Text::given);
  CHECK(row.record->bytes == our_text);
}

TEST_CASE("a check that finds a removal done delivers it") {
  Scene scene;
  const auto row = scene.check(checked(a_removal()), {.base = base_text}, a_reply(404)).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.record->presence == Presence::absent);
}

TEST_CASE("a check that can merge opens the next request, with a new key") {
  Scene scene;
  const auto row =
      scene.check(checked(an_update()), texts, a_document(R"({"a":1,"b":9})", "\"v2\"")).settled;
  CHECK(row.state == State::pending);
  CHECK_FALSE(row.in_doubt);
  CHECK(row.step == Step::send);
  CHECK(row.rounds == 1);
  CHECK(row.action == "request opened");
  CHECK(row.due_at == noon + 500ms);
  REQUIRE(row.request);
  CHECK(row.request->key == key_of(9));
  CHECK(row.request->precondition == Precondition::match);
  CHECK(row.request->tag == "\"v2\"");
  CHECK(row.request->merged_body == R"({"a":2,"b":9})");
  CHECK(row.record->bytes == R"({"a":1,"b":9})");
}

TEST_CASE("a copy whose tag is weak is not written on before its tag can have become strong") {
  Scene scene;
  const std::string theirs = R"({"a":1,"b":9})";
  const auto strong =
      scene.check(checked(an_update()), texts, a_document(theirs, "\"v2\"")).settled;
  const auto weak =
      scene.check(checked(an_update()), texts, a_document(theirs, "W/\"v2\"")).settled;
  CHECK(weak.state == State::pending);
  CHECK(weak.step == Step::send);
  CHECK(weak.due_at - strong.due_at == 1'500ms);
}

TEST_CASE("a record that keeps moving slows its form down and never rejects it") {
  Scene scene;
  Due due = an_update();
  for (int round = 1; round <= 50; ++round) {
    auto row = scene.send(due, a_reply(412)).settled;
    due = next_due(due, row);
    REQUIRE(due.step == Step::check);
    const std::string theirs = R"({"a":1,"b":)" + std::to_string(round + 10) + "}";
    Texts now = texts;
    if (round > 1) now.sent = R"({"a":2,"b":)" + std::to_string(round + 9) + "}";
    const std::string tag = "\"r" + std::to_string(round) + "\"";
    row = scene.check(due, now, a_document(theirs, tag)).settled;
    REQUIRE(row.request);
    CHECK(row.request->tag == tag);
    CHECK(row.rounds == round);
    if (round <= 5) CHECK(row.due_at <= scene.now + 1s);
    if (round >= 12) CHECK(row.due_at > scene.now + 30s);
    CHECK(row.due_at <= scene.now + 15min);
    scene.now = row.due_at;
    due = next_due(due, row);
    CHECK(due.request->number == round + 1);
  }
}

TEST_CASE("an overlap keeps all three texts and waits for a person") {
  Scene scene;
  const std::string theirs = R"({"a":9,"b":1})";
  const auto row = scene.check(checked(an_update()), texts, a_document(theirs, "\"v2\"")).settled;
  CHECK(row.state == State::conflicted);
  REQUIRE(row.conflict);
  CHECK(row.conflict->theirs == theirs);
  CHECK(row.conflict->version == Version{"\"v2\""});
  CHECK(row.conflict->overlaps_json == R"(["/a"])");
  CHECK(row.record->bytes == theirs);
  CHECK(row.action == "conflict");
}

TEST_CASE("a record removed at the server is a conflict without theirs") {
  Scene scene;
  const auto row = scene.check(checked(an_update()), texts, a_reply(410)).settled;
  CHECK(row.state == State::conflicted);
  CHECK_FALSE(row.conflict->theirs);
  CHECK_FALSE(row.conflict->version);
  CHECK_FALSE(row.conflict->note.empty());
  CHECK(row.record->presence == Presence::absent);
}

TEST_CASE("the policy `ours` creates a record anew that the server removed") {
  Scene scene;
  scene.profile = a_profile(ConflictPolicy::ours);
  const auto row = scene.check(checked(an_update()), texts, a_reply(404)).settled;
  REQUIRE(row.request);
  CHECK(row.request->precondition == Precondition::absent);
  CHECK(row.request->tag.empty());
}

TEST_CASE("the policy `theirs` withdraws a removal, and says so") {
  Scene scene;
  scene.profile = a_profile(ConflictPolicy::theirs);
  Due due = checked(a_removal());
  due.in_doubt = false;
  const auto row = scene.check(due, {.base = base_text}, a_document(our_text, "\"v2\"")).settled;
  CHECK(row.state == State::withdrawn);
  CHECK(row.action == "withdrawn");
  CHECK_FALSE(row.why.empty());
}

TEST_CASE("a create that is refused though nothing is there goes once more, then holds") {
  Scene scene;
  Due due = checked(a_create());
  auto row = scene.check(due, {.ours = our_text}, a_reply(404)).settled;
  CHECK(row.state == State::pending);
  CHECK(row.step == Step::send);
  CHECK(row.rounds == 1);
  CHECK_FALSE(row.request);
  CHECK(row.action == "checked");
  CHECK(scene.gates.empty());
  due = checked(next_due(due, row));
  row = scene.check(due, {.ours = our_text}, a_reply(404)).settled;
  CHECK(row.state == State::pending);
  CHECK(row.due_at > noon);
  REQUIRE(scene.gates.size() == 1);
  CHECK(scene.gates[0].scope == GateScope::collection);
  CHECK(scene.gates[0].reason == GateReason::refused);
}

TEST_CASE(
    "a create that the server's own rules refuse shows its words, and holds nobody for long") {
  Scene scene;
  scene.chance = 0.999;
  const Reply taken = a_reply(409, R"({"title":"This badge number is taken."})",
                              {{"Content-Type", "application/problem+json"}});
  Due due = a_create();
  for (int round = 1; round <= 60; ++round) {
    due = next_due(due, scene.send(due, taken).settled);
    REQUIRE(due.step == Step::check);
    due = next_due(due, scene.check(due, {.ours = our_text}, a_reply(404)).settled);
    REQUIRE(due.submission.state == State::pending);
    if (round > 1) {
      CHECK(due.submission.problem ==
            "The server refuses to create the record, which is not there. It says: This badge "
            "number is taken.");
      REQUIRE(scene.gates.size() == 1);
      CHECK(scene.gates[0].words == due.submission.problem);
      CHECK(*scene.gates[0].until <= scene.now + 2s);
    }
    CHECK(due.due_at <= scene.now + 15min);
    if (round > 12) CHECK(due.due_at > scene.now + 14min);
    scene.now = due.due_at;
  }
}

TEST_CASE("a refusal that a check found is kept back ever longer while its collection is held") {
  Scene scene;
  scene.chance = 0.999;
  scene.gates = {{.scope = GateScope::collection,
                  .name = "availability",
                  .reason = GateReason::refused,
                  .since = noon,
                  .until = noon,
                  .tries = 1}};
  Due due = an_update();
  for (int round = 1; round <= 40; ++round) {
    due = next_due(due, scene.send(due, a_reply(409)).settled);
    REQUIRE(due.step == Step::check);
    due = next_due(due, scene.check(due, texts, a_document(base_text, "\"v1\"")).settled);
    REQUIRE(due.submission.state == State::pending);
    CHECK(*scene.gates[0].until <= scene.now + 2s);
    if (round > 12) CHECK(due.due_at > scene.now + 14min);
    scene.now = std::max(due.due_at, *scene.gates[0].until);
  }
}

TEST_CASE("a tag that is refused though it is the server's own: once more, then rejected") {
  Scene scene;
  Due due = checked(an_update(), 409);
  due.submission.problem = "No.";
  auto row = scene.check(due, texts, a_document(base_text, "\"v1\"")).settled;
  CHECK(row.step == Step::send);
  CHECK_FALSE(row.request);
  due = checked(next_due(due, row), 409);
  row = scene.check(due, texts, a_document(base_text, "\"v1\"")).settled;
  CHECK(row.state == State::rejected);
  CHECK(row.problem_status == 409);
  CHECK(row.problem.find("No.") != std::string::npos);
}

TEST_CASE("N6: a key that was used before is replaced only by a check, and only once", "[N6]") {
  const std::string moving[] = {"\"v5\"", "\"v6\""};
  for (const bool create : {true, false}) {
    Scene scene;
    Due due = checked(create ? a_create() : an_update(), 422);
    due.in_doubt = false;
    due.submission.problem = "This key was used before.";
    const auto copy = [&](int look) {
      return create ? a_reply(404) : a_document(base_text, moving[look]);
    };
    const Texts known = create ? Texts{.ours = our_text} : texts;
    auto row = scene.check(due, known, copy(0)).settled;
    REQUIRE(row.request);
    CHECK(row.request->key == key_of(9));
    CHECK(row.request->precondition == (create ? Precondition::absent : Precondition::match));
    CHECK(row.action == "request opened");
    due = next_due(due, row);
    due.submission.problem = "This key was used before.";
    due.submission.problem_status = 422;
    due.step = Step::check;
    row = scene.check(due, known, copy(1)).settled;
    CHECK_FALSE(row.request);
    CHECK(row.state == State::rejected);
    CHECK(row.problem_status == 422);
    CHECK(row.problem.find("This key was used before.") != std::string::npos);
  }
}

TEST_CASE("N6: a key that is refused twice delivers all the same what is there", "[N6]") {
  Scene scene;
  Due due = checked(a_create(), 422);
  due.rounds = 2;
  due.request->number = 2;
  CHECK(scene.check(due, {.ours = our_text}, a_document(our_text, "\"v1\"")).settled.state ==
        State::delivered);
}

TEST_CASE("a check after a change of the endpoint opens a request for the new one") {
  Scene scene;
  Due due = checked(an_update(), 0);
  due.request->url = "https://old.example.org/availability/ada";
  const auto row = scene.check(due, texts, a_document(base_text, "\"v1\"")).settled;
  REQUIRE(row.request);
  CHECK(row.request->url == record_address);
  CHECK(row.request->tag == "\"v1\"");
}

TEST_CASE("a check without an answer changes nothing but the time") {
  Scene scene;
  Due due = checked(an_update());
  due.accepted = true;
  due.submission.problem_status = 201;
  Reply lost;
  lost.error = TransportError::cut;
  lost.departures = 1;
  for (const Reply& reply :
       {lost, a_reply(500), a_reply(404, "", {}), a_document("{", "\"v\""), a_reply(200, "x")}) {
    if (reply.status == 404) continue;
    const auto row = scene.check(due, texts, reply).settled;
    CHECK(row.state == State::unconfirmed);
    CHECK(row.step == Step::check);
    CHECK(row.accepted);
    CHECK(row.problem_status == 201);
    CHECK(row.due_at > noon);
    CHECK(row.action.empty());
    CHECK_FALSE(row.record);
  }
}

TEST_CASE("a check behind a portal, or without credentials, holds and costs no try") {
  Scene scene;
  const Due due = checked(an_update());
  CHECK(scene.check(due, texts, unverified(a_page(200))).settled.tries == 0);
  REQUIRE(scene.gates.size() == 1);
  CHECK(scene.gates[0].reason == GateReason::intercepted);
  CHECK(scene.check(due, texts, a_reply(401)).settled.due_at == noon);
  REQUIRE(scene.gates.size() == 1);
  CHECK(scene.gates[0].scope == GateScope::identity);
}

TEST_CASE("an accepted form that cannot be read back is delivered on the server's word") {
  Scene scene;
  Due due = checked(an_update(), 201);
  due.accepted = true;
  const auto row = scene.check(due, texts, a_reply(405)).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.evidence == "201; could not be read back: 405");
  CHECK_FALSE(row.record->version);
  CHECK(row.record->text == RecordLearned::Text::of_request);
  CHECK(scene.check(due, texts, unverified(a_reply(405))).settled.state == State::unconfirmed);
  CHECK(scene.check(due, texts, unverified(a_page(405))).settled.state == State::unconfirmed);
  CHECK(scene.check(due, texts, a_reply(500)).settled.state == State::unconfirmed);
  const Reply no_scope =
      a_reply(403, "", {{"WWW-Authenticate", "Bearer error=\"insufficient_scope\""}});
  CHECK(scene.check(due, texts, no_scope).settled.evidence == "201; could not be read back: 403");
  CHECK(scene.gates.empty());
  due.accepted = false;
  CHECK(scene.check(due, texts, a_reply(405)).settled.state == State::unconfirmed);
}

TEST_CASE("an accepted form that was edited since is delivered; theirs is newer") {
  Scene scene;
  Due due = checked(an_update(), 201);
  due.accepted = true;
  const auto row = scene.check(due, texts, a_document(R"({"a":9,"b":9})", "\"v3\"")).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.evidence == "201; edited since");
  CHECK(row.record->version == Version{"\"v3\""});
  CHECK(row.record->bytes == R"({"a":9,"b":9})");
}

TEST_CASE("a copy too large or too odd to merge is a conflict with a note") {
  Scene scene;
  Reply large = a_document("", "\"v3\"");
  large.error = TransportError::too_large;
  for (const Reply& reply : {large, a_document("{\"a\":1e999}", "\"v3\"")}) {
    const auto row = scene.check(checked(an_update()), texts, reply).settled;
    CHECK(row.state == State::conflicted);
    CHECK_FALSE(row.conflict->theirs);
    CHECK(row.conflict->version == Version{"\"v3\""});
    CHECK_FALSE(row.conflict->note.empty());
  }
}

TEST_CASE("every answer to a check leaves a form that is due within the hour, or stopped") {
  for (int status = 100; status < 600; ++status) {
    for (const Due& made : {a_create(), an_update(), a_removal()}) {
      for (const int word : {0, 201, 202, 400, 409, 412, 422, 428, 500}) {
        Scene scene;
        Due due = checked(made, word);
        const bool removes = due.submission.operation == Operation::remove;
        const Texts with = removes ? Texts{.base = base_text} : texts;
        const auto row =
            scene
                .check(due, with,
                       a_reply(status, base_text,
                               {{"Content-Type", "application/json"}, {"ETag", "\"v9\""}}))
                .settled;
        CAPTURE(status, word);
        CHECK(row.due_at >= noon);
        CHECK(row.due_at <= noon + 1h);
        CHECK(row.in_doubt == (row.state == State::unconfirmed));
        CHECK((row.state == State::conflicted) == row.conflict.has_value());
        CHECK((row.state == State::delivered) == !row.evidence.empty());
        const bool modified = row.state != (due.in_doubt ? State::unconfirmed : State::pending) ||
                              row.request || row.record;
        CHECK(modified == !row.action.empty());
      }
    }
  }
}
