#include <signal.h>

#include "demo/server/forms_server.hpp"
#include "demo/server/listener.hpp"
#include "form_process.hpp"
#include "support/catch.hpp"

namespace lodge::demo {

TEST_CASE("words typed into the form are there after it was killed") {
  const test::TemporaryFolder folder;
  {
    LineForm form(folder);
    form.type("email=ada@example.org");
    form.type("name=Ada");
    form.type("monday=09:00-12:00");
    REQUIRE(form.answers("typed monday\nsaved "));
  }
  LineForm again(folder);
  REQUIRE(again.answers("opened ada@example.org"));
  again.type("show");
  REQUIRE(again.answers("friday="));
  CHECK(again.output().find("name=Ada\n") != std::string::npos);
  CHECK(again.output().find("monday=09:00-12:00\n") != std::string::npos);
  CHECK(again.end() == 0);
}

TEST_CASE("a form that was submitted offline arrives after the program was killed") {
  const test::TemporaryFolder folder;
  FormsServer server;
  std::uint16_t port = 0;
  const auto handler = [&](const Request& request) { return server.handle(request, Time{}); };
  {
    const Listener closed(handler);
    port = closed.port();
  }
  const std::string endpoint = "--endpoint http://127.0.0.1:" + std::to_string(port) + "/v1";
  {
    LineForm form(folder, endpoint);
    form.type("email=ada@example.org");
    form.type("name=Ada");
    form.type("submit");
    REQUIRE(form.answers("submitted "));
  }
  Listener listener(handler, {.port = port});
  LineForm again(folder, endpoint);
  again.type("wait");
  REQUIRE(again.answers("delivered"));
  again.type("status");
  REQUIRE(again.answers("online | 0 waiting"));
  CHECK(again.end() == 0);
  listener.stop();
  CHECK(server.ledger().effects().size() == 1);
  CHECK(server.find({"availability", "ada@example.org"}) != nullptr);
}

TEST_CASE("the form answers wrong lines and goes on") {
  const test::TemporaryFolder folder;
  LineForm form(folder);
  form.type("name=too early");
  REQUIRE(form.answers("error: Enter the e-mail address first."));
  form.type("email=nobody");
  REQUIRE(form.answers("error: An e-mail address looks like"));
  form.type("dance");
  REQUIRE(form.answers("error: not understood"));
  form.type("quit");
  CHECK(form.end() == 0);
}

TEST_CASE("keys pressed at a terminal are there after the form was killed") {
  const test::TemporaryFolder folder;
  {
    TerminalForm form(folder);
    REQUIRE(form.shows("e-mail address first"));
    form.press(
        "ada@example.org\rAda L\xc3\xb6velace\x7f\x7f"
        "ce\t09-12");
    REQUIRE(form.shows("| saved "));
    REQUIRE(form.shows("09-12"));
    form.press("\x1b");
    CHECK(form.shows("\x1b[?1049l"));
    CHECK(form.wait() == 0);
    CHECK(form.is_restored());
  }
  {
    TerminalForm form(folder);
    REQUIRE(form.shows("Welcome back"));
    REQUIRE(form.shows("Ada L\xc3\xb6velace"));
    REQUIRE(form.shows("09-12"));
  }
}

TEST_CASE("a signal that ends the form gives the terminal back as it was") {
  const test::TemporaryFolder folder;
  TerminalForm form(folder);
  REQUIRE(form.shows("e-mail address first"));
  CHECK_FALSE(form.is_restored());
  ::kill(form.pid(), SIGTERM);
  CHECK(form.shows("\x1b[?1049l"));
  CHECK(form.wait() == 128 + SIGTERM);
  CHECK(form.is_restored());
}

}  // namespace lodge::demo
