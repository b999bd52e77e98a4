#include "queue/request/begin_draft.hpp"

#include "support/catch.hpp"

namespace {

using namespace lodge;
using queue::Start;
using queue::StartFacts;

Submission submission(State state, const std::string& identity = "ada",
                      Operation operation = Operation::put) {
  Submission result;
  result.state = state;
  result.identity = identity;
  result.operation = operation;
  return result;
}

StartFacts everything() {
  StartFacts facts;
  facts.has_draft = true;
  facts.head = submission(State::rejected);
  facts.newest = submission(State::pending);
  facts.record.presence = Presence::present;
  facts.record_has_content = true;
  facts.identity = "ada";
  return facts;
}

}  // namespace

TEST_CASE("edit starts from the first there is: draft, stopped head, newest, record, nothing") {
  StartFacts facts = everything();
  CHECK(queue::start_of(facts) == Start::saved_draft);
  facts.has_draft = false;
  CHECK(queue::start_of(facts) == Start::amend_head);
  facts.head->state = State::conflicted;
  CHECK(queue::start_of(facts) == Start::amend_head);
  facts.head->state = State::pending;
  CHECK(queue::start_of(facts) == Start::after_newest);
  facts.newest.reset();
  CHECK(queue::start_of(facts) == Start::record);
  facts.record_has_content = false;
  CHECK(queue::start_of(facts) == Start::empty);
}

TEST_CASE("after a pending removal edit starts empty") {
  StartFacts facts = everything();
  facts.has_draft = false;
  facts.head = facts.newest = submission(State::pending, "ada", Operation::remove);
  CHECK(queue::start_of(facts) == Start::empty_after_remove);
}

TEST_CASE("S11: edit never starts from another identity's form", "[S11]") {
  StartFacts facts = everything();
  facts.has_draft = false;
  facts.head = submission(State::rejected, "bob");
  facts.newest = submission(State::pending, "bob");
  CHECK(queue::start_of(facts) == Start::record);
  facts.record_has_content = false;
  CHECK(queue::start_of(facts) == Start::empty);
}
