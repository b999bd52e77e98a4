#include <string>
#include <vector>

#include "queue/answer/classify.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using storage::Precondition;

// docs/wire.md, written down a second time: outcomes of a create, an update and a removal, not in
// doubt, over a verified connection, with a plain text body and no other header.
struct Row {
  int first;
  int last;
  std::string create;
  std::string update;
  std::string remove;
  bool arrived;
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {100, 199, "retry", "retry", "retry", true},
      {200, 200, "check", "check", "done", true},
      {201, 201, "check", "check", "check", true},
      {202, 203, "check", "check", "check", true},
      {204, 205, "check", "check", "done", true},
      {206, 299, "check", "check", "check", true},
      {300, 302, "hold intercepted", "hold intercepted", "hold intercepted", false},
      {303, 303, "hold intercepted", "hold intercepted", "hold intercepted", true},
      {304, 304, "check", "check", "check", true},
      {305, 399, "hold intercepted", "hold intercepted", "hold intercepted", false},
      {400, 400, "reject", "reject", "reject", false},
      {401, 401, "hold sign_in", "hold sign_in", "hold sign_in", false},
      {402, 402, "hold refused", "hold refused", "hold refused", false},
      {403, 403, "reject", "reject", "reject", false},
      {404, 404, "hold refused", "check", "done", false},
      {405, 405, "hold refused", "hold refused", "hold refused", false},
      {406, 406, "reject", "reject", "reject", false},
      {407, 407, "hold intercepted", "hold intercepted", "hold intercepted", false},
      {408, 408, "retry", "retry", "retry", true},
      {409, 409, "check", "check", "check", true},
      {410, 410, "reject", "check", "done", false},
      {411, 411, "retry", "retry", "retry", false},
      {412, 412, "check", "check", "check", true},
      {413, 413, "reject", "reject", "reject", false},
      {414, 414, "hold refused", "hold refused", "hold refused", false},
      {415, 416, "reject", "reject", "reject", false},
      {417, 417, "retry", "retry", "retry", false},
      {418, 420, "reject", "reject", "reject", false},
      {421, 421, "retry", "retry", "retry", false},
      {422, 422, "reject", "reject", "reject", false},
      {423, 425, "retry", "retry", "retry", false},
      {426, 426, "hold refused", "hold refused", "hold refused", false},
      {427, 427, "reject", "reject", "reject", false},
      {428, 428, "check", "check", "check", false},
      {429, 429, "retry busy", "retry busy", "retry busy", false},
      {430, 430, "reject", "reject", "reject", false},
      {431, 431, "hold refused", "hold refused", "hold refused", false},
      {432, 499, "reject", "reject", "reject", false},
      {500, 500, "retry", "retry", "retry", true},
      {501, 501, "hold refused", "hold refused", "hold refused", true},
      {502, 502, "retry", "retry", "retry", true},
      {503, 503, "retry busy", "retry busy", "retry busy", false},
      {504, 504, "retry", "retry", "retry", true},
      {505, 505, "hold refused", "hold refused", "hold refused", true},
      {506, 506, "retry", "retry", "retry", true},
      {507, 507, "retry", "retry", "retry", false},
      {508, 510, "retry", "retry", "retry", true},
      {511, 511, "hold intercepted", "hold intercepted", "hold intercepted", false},
      {512, 599, "retry", "retry", "retry", true},
  };
  return rows;
}

std::string text(const queue::Meaning& meaning) {
  std::string result(queue::name(meaning.outcome));
  if (!meaning.hold) return result;
  switch (meaning.hold->reason) {
    case storage::GateReason::intercepted:
      return result + " intercepted";
    case storage::GateReason::sign_in:
      return result + " sign_in";
    case storage::GateReason::busy:
      return result + " busy";
    case storage::GateReason::unreachable:
      return result + " unreachable";
    case storage::GateReason::refused:
      return result + " refused";
    default:
      return result + " paused";
  }
}

enum class Kind { create, update, remove };

constexpr Kind kinds[] = {Kind::create, Kind::update, Kind::remove};

const std::string& expected(const Row& row, Kind kind) {
  if (kind == Kind::create) return row.create;
  return kind == Kind::update ? row.update : row.remove;
}

queue::Meaning classified(Kind kind, const Reply& reply, bool in_doubt) {
  static const queue::Profile profile = a_profile();
  const Request request = kind == Kind::remove ? a_delete() : a_put();
  const Precondition precondition =
      kind == Kind::create ? Precondition::absent : Precondition::match;
  return queue::classify(request, precondition, reply, in_doubt, profile, noon);
}

Reply plain(int status) { return a_reply(status, "words", {{"Content-Type", "text/plain"}}); }

template <class Judge>
void for_each_status(Judge judge) {
  int next = 100;
  for (const Row& row : table()) {
    REQUIRE(row.first == next);
    for (int status = row.first; status <= row.last; ++status) {
      for (const Kind kind : kinds) {
        CAPTURE(status, static_cast<int>(kind));
        judge(row, status, kind);
      }
    }
    next = row.last + 1;
  }
  REQUIRE(next == 600);
}

}  // namespace

TEST_CASE("every status has its row, for a create, an update and a removal") {
  for_each_status([](const Row& row, int status, Kind kind) {
    const queue::Meaning meaning = classified(kind, plain(status), false);
    CHECK(text(meaning) == expected(row, kind));
    CHECK(meaning.arrived == row.arrived);
    CHECK(meaning.status == status);
  });
}

TEST_CASE("N8: what may have arrived is never rejected without a check", "[N8]") {
  for_each_status([](const Row& row, int status, Kind kind) {
    std::string outcome = expected(row, kind);
    if (outcome == "reject" || status == 500) outcome = "check";
    CHECK(text(classified(kind, plain(status), true)) == outcome);
  });
}

TEST_CASE("over a plain connection nothing is delivered or rejected without a check") {
  for_each_status([](const Row& row, int status, Kind kind) {
    std::string outcome = expected(row, kind);
    if (outcome == "reject" || outcome == "done") outcome = "check";
    const queue::Meaning meaning = classified(kind, unverified(plain(status)), false);
    CHECK(text(meaning) == outcome);
    CHECK_FALSE(meaning.from_server);
    CHECK_FALSE(meaning.accepted);
  });
}

TEST_CASE("N4: a page delivers, rejects and conflicts nothing", "[N4]") {
  for_each_status([](const Row& row, int status, Kind kind) {
    const std::string& usual = expected(row, kind);
    for (const bool trusted : {true, false}) {
      CAPTURE(trusted);
      const Reply reply = trusted ? a_page(status) : unverified(a_page(status));
      const std::string outcome = text(classified(kind, reply, false));
      const bool gone = status == 404 || status == 410;
      if (status >= 200 && status <= 299) {
        CHECK(outcome == "check");
      } else if (status == 401 || status == 409 || status == 412 || status == 429 ||
                 status >= 500) {
        CHECK(outcome == usual);
      } else if (gone && kind == Kind::remove && trusted) {
        CHECK(outcome == "check");
      } else {
        CHECK(outcome == "hold intercepted");
      }
    }
  });
}

TEST_CASE("I4: a status outside HTTP is never a success", "[I4]") {
  for (const int status : {-1, 0, 1, 99, 600, 999}) {
    for (const Kind kind : kinds) {
      const queue::Meaning meaning = classified(kind, plain(status), false);
      CHECK(text(meaning) == "retry");
      CHECK(meaning.arrived);
    }
  }
}
