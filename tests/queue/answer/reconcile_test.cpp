#include "queue/answer/reconcile.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Reconciled;
using queue::ServerCopy;
using queue::Texts;
using storage::Due;
using Kind = Reconciled::Kind;

const ServerCopy gone{};

ServerCopy there(std::string bytes, const std::string& tag = "\"v2\"") {
  return {.exists = true, .bytes = std::move(bytes), .version = Version{tag}};
}

Reconciled found(const Due& due, const Texts& texts, const ServerCopy& copy,
                 ConflictPolicy policy = ConflictPolicy::ask) {
  return queue::reconcile(due, texts, copy, a_profile(policy));
}

const std::string base_text = R"({"a":1,"b":1})";
const std::string our_text = R"({"a":2,"b":1})";
const Texts update_texts{.ours = our_text, .base = base_text};
const Texts create_texts{.ours = our_text};
const Texts removal_texts{.base = base_text};

using enum ConflictPolicy;

}  // namespace

TEST_CASE("check row: gone, and it was to be removed") {
  CHECK(found(a_removal(), removal_texts, gone).kind == Kind::removed);
  CHECK(found(a_due(Operation::remove), {}, gone).kind == Kind::removed);
}

TEST_CASE("check row: gone, and it was to be created: once more, then the collection holds") {
  for (const int status : {404, 409, 412, 201}) {
    CAPTURE(status);
    Due due = after_word(a_create(), status);
    CHECK(found(due, create_texts, gone).kind == Kind::repeat);
    due.rounds = 1;
    CHECK(found(due, create_texts, gone).kind == Kind::hold_collection);
  }
}

TEST_CASE("N11: a create that fails with 500 goes again for ever", "[N11]") {
  Due due = after_word(a_create(), 500);
  due.rounds = 1000;
  CHECK(found(due, create_texts, gone).kind == Kind::repeat);
}

TEST_CASE("a create that the server refuses as such is rejected after a second refusal") {
  Due due = after_word(a_create(), 400);
  CHECK(found(due, create_texts, gone).kind == Kind::repeat);
  due.rounds = 1;
  const Reconciled result = found(due, create_texts, gone);
  CHECK(result.kind == Kind::reject);
  CHECK_FALSE(result.note.empty());
}

TEST_CASE("check row: gone, and it was to be updated: by policy") {
  const Due due = after_word(an_update(), 412);
  CHECK(found(due, update_texts, gone).kind == Kind::conflict);
  CHECK(found(due, update_texts, gone, manual).kind == Kind::conflict);
  CHECK(found(due, update_texts, gone, ours).kind == Kind::create);
  CHECK(found(due, update_texts, gone, theirs).kind == Kind::withdraw);
}

TEST_CASE("N1: ours is there: delivered, whatever was asked and answered", "[N1]") {
  for (const int status : {0, 201, 202, 400, 409, 412, 500}) {
    CAPTURE(status);
    CHECK(found(after_word(an_update(), status), update_texts, there(R"({"b":1,"a":2.0})")).kind ==
          Kind::ours_is_there);
    CHECK(found(after_word(a_create(), status), create_texts, there(our_text)).kind ==
          Kind::ours_is_there);
  }
}

TEST_CASE("ours is there also where the merged text of the last request is") {
  Due due = after_word(an_update(), 412);
  due.request->number = 2;
  Texts texts = update_texts;
  texts.sent = R"({"a":2,"b":5})";
  CHECK(found(due, texts, there(R"({"a":2,"b":5})")).kind == Kind::ours_is_there);
}

TEST_CASE("members that the server owns do not count") {
  queue::Profile profile = a_profile();
  profile.collections["availability"].server_members = {"_rev"};
  const Due due = after_word(an_update(), 412);
  const auto kind = [&](const std::string& bytes) {
    return queue::reconcile(due, update_texts, there(bytes), profile);
  };
  CHECK(kind(R"({"_rev":"2","a":2,"b":1})").kind == Kind::ours_is_there);
  CHECK(kind(R"({"_rev":"2","a":1,"b":1})").kind == Kind::send_ours);
  const Reconciled merged = kind(R"({"_rev":"2","a":1,"b":7})");
  CHECK(merged.kind == Kind::send_merged);
  CHECK(merged.merged == R"({"_rev":"2","a":2,"b":7})");
}

TEST_CASE("check row: our own tag is refused: the other form once, once more, then rejected") {
  const ServerCopy copy = there(base_text, "W/\"v1\"");
  Due due = after_word(an_update("W/\"v1\""), 412);
  const Reconciled other_form = found(due, update_texts, copy);
  CHECK(other_form.kind == Kind::send_ours);
  CHECK(other_form.tag == "\"v1\"");
  due.request = stored_request(storage::Precondition::match, "\"v1\"", 2);
  due.rounds = 1;
  CHECK(found(due, update_texts, copy).kind == Kind::repeat);
  due.rounds = 2;
  CHECK(found(due, update_texts, copy).kind == Kind::reject);
}

TEST_CASE("the other form of a tag goes with the body that was sent") {
  Due due = after_word(an_update("W/\"v1\""), 412);
  Texts texts = update_texts;
  texts.sent = R"({"a":2,"b":5})";
  const Reconciled result = found(due, texts, there(R"({"a":1,"b":5})", "W/\"v1\""));
  CHECK(result.kind == Kind::send_merged);
  CHECK(result.merged == *texts.sent);
}

TEST_CASE("stored, and removed since: after a repeat the policy decides; nothing is held for ever") {
  const ServerCopy removed{.removed = true};
  Due due = after_word(a_create(), 201);
  CHECK(found(due, create_texts, removed).kind == Kind::repeat);
  due.rounds = 1;
  CHECK(found(due, create_texts, removed).kind == Kind::conflict);
  CHECK(found(due, create_texts, removed, ConflictPolicy::manual).kind == Kind::conflict);
  CHECK(found(due, create_texts, removed, ConflictPolicy::ours).kind == Kind::create);
  CHECK(found(due, create_texts, removed, ConflictPolicy::theirs).kind == Kind::withdraw);
  due.submission.problem_status = 412;
  CHECK(found(due, create_texts, removed).kind == Kind::hold_collection);
}

TEST_CASE("our own strong tag is refused: once more, then rejected; never after a 500") {
  const ServerCopy copy = there(base_text, "\"v1\"");
  for (const Due& made : {an_update(), a_removal()}) {
    const bool removes = made.submission.operation == Operation::remove;
    const Texts& texts = removes ? removal_texts : update_texts;
    Due due = after_word(made, 409);
    CHECK(found(due, texts, copy).kind == Kind::repeat);
    due.rounds = 1;
    CHECK(found(due, texts, copy).kind == Kind::reject);
    due.submission.problem_status = 500;
    CHECK(found(due, texts, copy).kind == Kind::repeat);
    due.submission.problem_status = 200;
    CHECK(found(due, texts, copy).kind == Kind::hold_collection);
  }
}

TEST_CASE("merge rounds before do not shorten the patience with a refused tag") {
  Due due = after_word(an_update("\"v4\""), 412);
  due.request->number = 4;
  due.rounds = 3;
  CHECK(found(due, update_texts, there(R"({"a":1,"b":3})", "\"v4\"")).kind == Kind::repeat);
  due.rounds = 4;
  CHECK(found(due, update_texts, there(R"({"a":1,"b":3})", "\"v4\"")).kind == Kind::reject);
}

TEST_CASE("check row: the base is there under another tag: a new request with that tag") {
  CHECK(found(after_word(an_update(), 412), update_texts, there(base_text)).kind ==
        Kind::send_ours);
  Due removal = after_word(a_removal(), 412);
  removal.in_doubt = false;
  CHECK(found(removal, removal_texts, there(base_text)).kind == Kind::send_ours);
}

TEST_CASE("check row: a removal in doubt whose record is there again always asks") {
  Due due = after_word(a_removal(), 412);
  due.in_doubt = true;
  for (const ConflictPolicy policy : {ask, ours, theirs, manual}) {
    CHECK(found(due, removal_texts, there(base_text), policy).kind == Kind::conflict);
  }
}

TEST_CASE("check row: another text is there, and it was to be created") {
  const Due due = after_word(a_create(), 412);
  const Reconciled merged = found(due, create_texts, there(R"({"b":1,"c":3})"));
  CHECK(merged.kind == Kind::send_merged);
  CHECK(merged.merged == R"({"a":2,"b":1,"c":3})");
  CHECK(found(due, create_texts, there(R"({"a":2,"b":1,"c":3})")).kind == Kind::nothing_to_send);
  const Reconciled overlap = found(due, create_texts, there(R"({"a":3})"));
  CHECK(overlap.kind == Kind::conflict);
  CHECK(overlap.overlaps == std::vector<std::string>{"/a"});
}

TEST_CASE("N7: another text is there, and it was to be updated", "[N7]") {
  const Due due = after_word(an_update(), 412);
  CHECK(found(due, update_texts, there(R"({"a":2,"b":9})")).kind == Kind::nothing_to_send);
  const Reconciled merged = found(due, update_texts, there(R"({"a":1,"b":9})"));
  CHECK(merged.kind == Kind::send_merged);
  CHECK(merged.merged == R"({"a":2,"b":9})");
  const ServerCopy overlap = there(R"({"a":9,"b":1})");
  CHECK(found(due, update_texts, overlap).kind == Kind::conflict);
  CHECK(found(due, update_texts, overlap, manual).kind == Kind::conflict);
  CHECK(found(due, update_texts, overlap, ours).kind == Kind::send_ours);
  CHECK(found(due, update_texts, overlap, theirs).kind == Kind::withdraw);
  CHECK(found(due, update_texts, there(R"({"a":1,"b":9})"), manual).kind == Kind::conflict);
}

TEST_CASE("N22: a server restored from a backup is a conflict or a merge, never overwritten",
          "[N22]") {
  const Due due = after_word(an_update("\"v7\""), 412);
  const Reconciled result = found(due, update_texts, there(R"({"a":0,"b":0})", "\"v3\""));
  CHECK(result.kind == Kind::conflict);
}

TEST_CASE("check row: another text is there, and it was to be removed: by policy") {
  Due due = after_word(a_removal(), 412);
  due.in_doubt = false;
  const ServerCopy copy = there(our_text);
  CHECK(found(due, removal_texts, copy).kind == Kind::conflict);
  CHECK(found(due, removal_texts, copy, ours).kind == Kind::send_ours);
  CHECK(found(due, removal_texts, copy, theirs).kind == Kind::withdraw);
}

TEST_CASE("a removal of what nobody had seen asks, one of a named version goes") {
  Due due = a_due(Operation::remove);
  CHECK(found(due, {}, there(base_text), ours).kind == Kind::conflict);
  write_on(due, "\"v2\"");
  CHECK(found(due, {}, there(base_text)).kind == Kind::send_ours);
}

TEST_CASE("a 2xx without a version is proven by what the server shows") {
  Due due = after_word(an_update(), 200);
  due.accepted = true;
  CHECK(found(due, update_texts, there(our_text)).kind == Kind::ours_is_there);
  const Reconciled newer = found(due, update_texts, there(R"({"a":9,"b":9})"));
  CHECK(newer.kind == Kind::ours_is_there);
  CHECK(newer.note == "edited since");
  CHECK(found(due, update_texts, gone).kind == Kind::repeat);
}

TEST_CASE("a server that accepts and keeps nothing never has delivered") {
  Due due = after_word(an_update(), 200);
  due.accepted = true;
  const ServerCopy unchanged = there(base_text, "\"v1\"");
  CHECK(found(due, update_texts, unchanged).kind == Kind::repeat);
  due.rounds = 1;
  CHECK(found(due, update_texts, unchanged).kind == Kind::hold_collection);
  due.rounds = 0;
  CHECK(found(due, update_texts, {true, base_text, std::nullopt}).kind == Kind::repeat);
}

TEST_CASE("after 202 the server is looked at five times before the request goes again") {
  Due due = after_word(an_update(), 202);
  due.submission.tries = 4;
  const ServerCopy unchanged = there(base_text, "\"v1\"");
  CHECK(found(due, update_texts, unchanged).kind == Kind::read_again);
  CHECK(found(after_word(a_create(), 202), create_texts, gone).kind == Kind::read_again);
  due.submission.tries = 5;
  CHECK(found(due, update_texts, unchanged).kind == Kind::repeat);
}

TEST_CASE("a copy without a version is never changed") {
  const Due due = after_word(an_update(), 412);
  CHECK(found(due, update_texts, {true, base_text, std::nullopt}).kind == Kind::read_again);
  CHECK(found(due, update_texts, {true, our_text, std::nullopt}).kind == Kind::ours_is_there);
}

TEST_CASE("texts that would not survive a merge are a conflict, unless they are equal") {
  const Due due = after_word(an_update(), 412);
  CHECK(found(due, update_texts, there(R"({"a":1,"b":1,"b":1})"), ours).kind == Kind::conflict);
  CHECK(found(due, update_texts, there(R"({"a":1,"b":1.00000000000000000001})"), ours).kind ==
        Kind::conflict);
  CHECK(found(due, update_texts, there(R"({"a":2,"b":1,"b":1})")).kind == Kind::ours_is_there);
  CHECK(found(due, update_texts, there("[1,")).kind == Kind::conflict);
}

TEST_CASE("a merge that grows beyond the limit is a conflict") {
  queue::Profile profile = a_profile();
  profile.body_limit = 29;
  const Due due = after_word(an_update(), 412);
  const ServerCopy copy = there(R"({"a":1,"b":1,"c":"0123456789"})");
  CHECK(queue::reconcile(due, update_texts, copy, profile).kind == Kind::conflict);
}

TEST_CASE("without the text it was written on a person decides") {
  const Due due = after_word(an_update(), 412);
  CHECK(found(due, {.ours = our_text}, there(R"({"c":1})")).kind == Kind::conflict);
  CHECK(found(due, {.ours = our_text}, there(R"({"c":1})"), ours).kind == Kind::send_merged);
}
