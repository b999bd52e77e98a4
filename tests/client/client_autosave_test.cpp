// What is told of autosaves that fail.

#include <cmath>

#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

constexpr auto second = std::chrono::seconds(1);

/// What a handler is told of failed autosaves that makes this call each time, as an application may
/// that shows the draft again. It stops where it would never end.
template <class Read>
std::vector<std::string> told_to_who_reads(Kiosk& kiosk, const Draft& draft, const Read& read) {
  std::vector<std::string> told;
  const auto subscription = kiosk.client->on_event([&](const Event& event) {
    if (event.kind != EventKind::autosave_failed) return;
    told.push_back(event.words);
    if (told.size() < 10) read();
  });
  kiosk.client->autosave(draft);
  kiosk.run(std::chrono::seconds(3));
  for (int i = 0; i < 3; ++i) {
    read();
    kiosk.run(second);
  }
  return told;
}

TEST_CASE("a stale autosave is told once, also to a handler that reads the draft again") {
  Kiosk kiosk;
  kiosk.open();
  Draft other = kiosk.client->edit(ada);
  Draft first = kiosk.client->edit(ada);
  first.content["text"] = "from the first";
  kiosk.client->save(first);
  other.content["text"] = "typed in the other";
  std::string read;
  const auto told = told_to_who_reads(
      kiosk, other, [&] { read = kiosk.client->edit(ada).content.value("text", ""); });
  CHECK(read == "from the first");
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("in the history") != std::string::npos);
  CHECK(told[0].find("not on disk") == std::string::npos);
  CHECK(test::entries_of(*kiosk.client, other.id, "draft set aside") == 1);
}

TEST_CASE("an autosave of what is no content is told once, also to a handler that reads drafts") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["hours"] = std::nan("");
  const auto told = told_to_who_reads(kiosk, draft, [&] { kiosk.client->drafts(); });
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("not on disk, and are tried again when they change") != std::string::npos);
  draft.content["hours"] = 8;
  kiosk.client->autosave(draft);
  kiosk.run(second);
  CHECK(kiosk.client->drafts().at(0).content["hours"] == 8);
}

}  // namespace
}  // namespace lodge
