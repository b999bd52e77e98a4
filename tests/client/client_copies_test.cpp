// Copies at the server that cannot be held.

#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;
using test::state_of;

std::vector<Header> json_with(const std::string& tag) {
  return {{"Content-Type", "application/json"}, {"ETag", tag}};
}

TEST_CASE("I7: a copy that cannot be held is known of, and no draft begins on it", "[I7]") {
  Kiosk kiosk;
  Reply copy;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (request.method == Method::get) return copy;
    return test::answer(412);
  };
  SECTION("too large") {
    copy = test::answer(200, json_with("\"9\""), R"({"a":"cut in the mid)");
    copy.error = TransportError::too_large;
  }
  SECTION("too deep") {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += R"({"a":)";
    copy = test::answer(200, json_with("\"9\""), deep + "1" + std::string(100'000, '}'));
  }
  kiosk.open();
  CHECK(kiosk.client->refresh(ada).record.presence == Presence::present);
  Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == nlohmann::json::object());
  draft.content["x"] = 1;
  const Submission submission = kiosk.client->submit(draft);
  kiosk.run(std::chrono::hours(1));
  CHECK(state_of(*kiosk.client, submission.id) == "conflicted");
  CHECK(kiosk.client->verify_history().intact);
}

}  // namespace
}  // namespace lodge
