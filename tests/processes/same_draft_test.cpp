#include <cstdio>
#include <optional>
#include <stdexcept>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using test::code_of;
using test::ForkedClient;
using test::live_options;
using test::LiveServer;
using test::Say;
using test::TemporaryFolder;

int rounds() { return test::is_large() ? 1'000 : 20; }

RecordId record_of(int i) { return {"f", "r" + std::to_string(i)}; }

/// Drafts that both processes have open.
std::vector<Draft> saved_drafts(const Options& options) {
  Client client(options);
  std::vector<Draft> drafts;
  for (int i = 0; i < rounds(); ++i) {
    drafts.push_back(client.edit(record_of(i)));
    drafts.back().content = {{"text", "first"}};
    client.save(drafts.back());
  }
  return drafts;
}

Options quiet(const TemporaryFolder& folder, const LiveServer& server) {
  Options options = live_options(folder, server.endpoint());
  options.deliver = false;
  return options;
}

TEST_CASE("I6: the same drafts submitted by two processes at once are submitted once", "[I6]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = quiet(folder, server);
  const auto drafts = saved_drafts(options);
  const auto submit_all_of_them = [&](const Say&) {
    Client client(options);
    for (Draft draft : drafts) client.submit(draft);
  };
  ForkedClient one(submit_all_of_them);
  ForkedClient two(submit_all_of_them);
  CHECK(one.wait() == 0);
  CHECK(two.wait() == 0);
  Options delivering = options;
  delivering.deliver = true;
  Client client(delivering);
  CHECK(client.drain(std::chrono::seconds(60)));
  CHECK(server.effects() == drafts.size());
  CHECK(client.status().count(State::delivered) == rounds());
  CHECK(client.verify_history().intact);
}

TEST_CASE("I8: a save in one process races the submit in another: no half, no text lost", "[I8]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = quiet(folder, server);
  const auto drafts = saved_drafts(options);
  ForkedClient submitting([&](const Say&) {
    Client client(options);
    for (int i = 0; i < rounds(); ++i) {
      Draft draft = client.edit(record_of(i));
      // Refused as stale where the other's text came first; then that one counts.
      static_cast<void>(code_of([&] { client.submit(draft); }));
    }
  });
  ForkedClient saving([&](const Say&) {
    Client client(options);
    for (int i = 0; i < rounds(); ++i) {
      Draft draft = client.edit(record_of(i));
      draft.content = {{"text", "second"}};
      const auto code = code_of([&] { client.save(draft); });
      if (code != "none") throw std::runtime_error(code);
    }
  });
  CHECK(submitting.wait() == 0);
  CHECK(saving.wait() == 0);
  int kept = 0;
  Client client(options);
  for (const Draft& draft : drafts) {
    INFO(draft.record.key);
    // The later text is on its way or in the draft, whole, whoever came first.
    const auto text = client.edit(draft.record).content.at("text").get<std::string>();
    CHECK((text == "first" || text == "second"));
    kept += text == "second" ? 1 : 0;
  }
  CHECK(kept == rounds());
  CHECK(client.status().waiting() <= rounds());
  CHECK(client.verify_history().intact);
}

}  // namespace
}  // namespace lodge
