#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto minute = std::chrono::minutes(1);

/// A form begun when the server said "09"; the client then heard `heard`, and the server now says
/// `now` without the client knowing.
struct OldCopy {
  Kiosk kiosk{};
  Draft draft{};

  OldCopy(ConflictPolicy policy, const char* heard, const char* now) {
    Options options = kiosk.options();
    options.every_collection.policy = policy;
    says("09");
    kiosk.client = std::make_unique<Client>(options);
    kiosk.client->refresh(ada);
    draft = kiosk.client->edit(ada);
    kiosk.client->save(draft);
    says(heard);
    kiosk.client->refresh(ada);
    says(now);
  }

  void says(const char* monday) {
    kiosk.server.edit(ada, {{"monday", monday}}, kiosk.clock->now());
  }
  std::string submit(const char* monday) {
    draft.content["monday"] = monday;
    const Submission form = kiosk.client->submit(draft);
    kiosk.run(minute);
    return state_of(*kiosk.client, form.id);
  }
  std::string server() { return *kiosk.server.ledger().of_record(ada).back()->body; }
};

}  // namespace

TEST_CASE("P5: that the server said the same once is no proof of delivery", "[P5]") {
  for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::manual}) {
    OldCopy form(policy, "10", "12");
    CHECK(form.submit("10") == "conflicted");
  }
  OldCopy form(ConflictPolicy::ours, "10", "12");
  CHECK(form.submit("10") == "delivered");
  CHECK(form.server() == R"({"monday":"10"})");
}

TEST_CASE("P7: nor is it a conflict when the server has what the form was written on again",
          "[P7]") {
  for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::manual, ConflictPolicy::theirs,
                            ConflictPolicy::ours}) {
    OldCopy form(policy, "10", "09");
    CHECK(form.submit("11") == "delivered");
    CHECK(form.server() == R"({"monday":"11"})");
  }
}

}  // namespace lodge
