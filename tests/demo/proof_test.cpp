#include "demo/day/proof.hpp"

#include <algorithm>

#include "support/catch.hpp"

namespace lodge::demo {
namespace {

using nlohmann::json;

// Three submissions of two records, delivered as they should be. Each test spoils one thing.
class GoodDay {
 public:
  GoodDay() {
    file("a", 1);
    file("a", 2);
    file("b", 1);
  }

  void file(const std::string& key, int number) {
    const json content{{"filing", key + "/" + std::to_string(number)}, {"birds", number}};
    Submission submission{.number = static_cast<std::int64_t>(evidence.outbox.size()) + 1};
    submission.id.bytes[15] = static_cast<std::uint8_t>(submission.number);
    submission.record = {"strikes", key};
    submission.place = number;
    submission.state = State::delivered;
    evidence.outbox.push_back({submission, content});
    evidence.acknowledged.insert(submission.id);
    arrive(key, content, "key " + std::to_string(submission.number));
  }

  void arrive(const std::string& key, const json& content, const std::string& request_key) {
    Effect effect{.sequence = evidence.effects.size() + 1, .key = request_key};
    effect.record = {"strikes", key};
    effect.body = std::make_shared<const std::string>(content.dump());
    evidence.effects.push_back(effect);
  }

  [[nodiscard]] bool holds(const std::string& finding) const {
    const Proof proof = prove(evidence);
    const auto found = std::ranges::find(proof.findings, finding, &Finding::name);
    REQUIRE(found != proof.findings.end());
    return found->holds;
  }

  Evidence evidence{};
};

}  // namespace

TEST_CASE("what arrived once and in order is neither lost nor doubled") {
  const GoodDay day;
  CHECK(day.holds("lost"));
  CHECK(day.holds("doubled"));
  CHECK(day.holds("out_of_order"));
  CHECK(day.holds("altered"));
  CHECK(day.holds("settled"));
  CHECK(day.holds("no_strays"));
  CHECK(prove(day.evidence).our_effects == 3);
}

TEST_CASE("a form that is called delivered and has no effect is lost") {
  GoodDay day;
  day.evidence.effects.pop_back();
  CHECK_FALSE(day.holds("lost"));
}

TEST_CASE("a form that was acknowledged and is not in the store is lost") {
  GoodDay day;
  day.evidence.outbox.pop_back();
  CHECK_FALSE(day.holds("lost"));
  CHECK_FALSE(day.holds("no_strays"));
}

TEST_CASE("a form that still waits is lost for the proof, and not settled") {
  GoodDay day;
  day.evidence.outbox.back().submission.state = State::unconfirmed;
  CHECK_FALSE(day.holds("lost"));
  CHECK_FALSE(day.holds("settled"));
}

TEST_CASE("two effects of one key are a doubled form") {
  GoodDay day;
  day.evidence.effects[2].key = day.evidence.effects[1].key;
  CHECK_FALSE(day.holds("doubled"));
}

TEST_CASE("two effects of one submission are a doubled form, whatever their keys") {
  GoodDay day;
  day.arrive("b", day.evidence.outbox.back().content, "another key");
  CHECK_FALSE(day.holds("doubled"));
}

TEST_CASE("a record whose forms took effect in another order is noticed") {
  GoodDay day;
  std::swap(day.evidence.effects[0], day.evidence.effects[1]);
  CHECK_FALSE(day.holds("out_of_order"));
  CHECK(day.holds("doubled"));
}

TEST_CASE("a form that arrived with other content, without anybody else's edit, is altered") {
  GoodDay day;
  const json other{{"filing", "b/1"}, {"birds", 99}};
  day.evidence.effects.back().body = std::make_shared<const std::string>(other.dump());
  CHECK_FALSE(day.holds("altered"));
}

TEST_CASE("a removal counts once, and only where one was asked for") {
  GoodDay day;
  Effect removal{.sequence = 4, .key = "key 4", .method = Method::del};
  removal.record = {"strikes", "b"};
  day.evidence.effects.push_back(removal);
  CHECK_FALSE(day.holds("doubled"));
  Submission asked{.number = 4};
  asked.id.bytes[15] = 4;
  asked.record = removal.record;
  asked.place = 2;
  asked.operation = Operation::remove;
  asked.state = State::delivered;
  day.evidence.outbox.push_back({asked, nullptr});
  CHECK(day.holds("doubled"));
  CHECK(day.holds("out_of_order"));
}

TEST_CASE("an edit that is missing at the server in the end is noticed") {
  GoodDay day;
  day.evidence.expected = {{{"strikes", "a"}, "/birds", 2}};
  CHECK(day.holds("words_kept"));
  day.evidence.expected.push_back({{"strikes", "a"}, "/birds", 1});
  CHECK_FALSE(day.holds("words_kept"));
  day.evidence.expected = {{{"strikes", "a"}, "/size/of", 1}};
  CHECK_FALSE(day.holds("words_kept"));
}

TEST_CASE("a day without its troubles proves nothing") {
  const GoodDay day;
  CHECK_FALSE(prove(day.evidence).holds());
  for (const char* trouble : {"lost_replies", "busy_answers", "portal_answers",
                              "kills_while_filing", "kills_while_flushing", "link_downs"}) {
    CHECK_FALSE(day.holds(trouble));
  }
}

}  // namespace lodge::demo
