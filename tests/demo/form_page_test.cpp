#include "demo/form/page.hpp"

#include "demo/form/arguments.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::demo {
namespace {

Options options_in(const test::TemporaryFolder& folder) {
  Options options{.store = folder / "store.lodge", .endpoint = "http://127.0.0.1:9/v1"};
  options.deliver = false;
  return options;
}

void type(FormPage& page, std::string_view bytes) {
  KeyReader keys;
  keys.feed(bytes);
  while (const auto key = keys.next(true)) page.press(*key);
}

std::string shown(const FormPage& page) {
  std::string text;
  for (const std::string& line : page.lines(80, "status")) text += line + "\n";
  return text;
}

bool shows(const FormPage& page, const std::string& words) {
  return shown(page).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("what was typed into the form is there after it was opened again") {
  const test::TemporaryFolder folder;
  {
    FormSession session(options_in(folder), {});
    FormPage page(session);
    CHECK(shows(page, "Your e-mail address first"));
    type(page, "ada@example.org\rAda L\xc3\xb6velace\t09:00-12:00");
    CHECK(shows(page, "Name      Ada L\xc3\xb6velace"));
  }
  FormSession session(options_in(folder), {});
  const FormPage page(session);
  CHECK(shows(page, "Welcome back"));
  CHECK(shows(page, "Name      Ada L\xc3\xb6velace"));
  CHECK(shows(page, "Monday    09:00-12:00"));
}

TEST_CASE("nothing is asked before the e-mail address, which must look like one") {
  const test::TemporaryFolder folder;
  FormSession session(options_in(folder), {});
  FormPage page(session);
  type(page, "ada\r");
  CHECK(shows(page, "An e-mail address looks like"));
  CHECK(page.cursor(80).row == 2);
  CHECK(page.cursor(80).column == 15);
  type(page, "@example.org\r");
  CHECK(page.cursor(80).row == 3);
  CHECK(session.email() == "ada@example.org");
}

TEST_CASE("submitting keeps the answers on the page, and another address opens another form") {
  const test::TemporaryFolder folder;
  FormSession session(options_in(folder), {});
  FormPage page(session);
  type(page, "ada@example.org\rAda\x13");
  CHECK(shows(page, "Filed at "));
  CHECK(shows(page, "Name      Ada"));
  CHECK(session.status().find("1 waiting") != std::string::npos);
  type(page, "\x1b[A\x7f\x7f\x7fnet\r");
  CHECK(session.email() == "ada@example.net");
  CHECK_FALSE(shows(page, "Name      Ada"));
  type(page, "\x1b[A\x7f\x7f\x7forg\r");
  CHECK(shows(page, "Name      Ada"));
}

TEST_CASE("the form fits into narrow terminals") {
  const test::TemporaryFolder folder;
  FormSession session(options_in(folder), {});
  const FormPage page(session);
  for (int width = 1; width < 60; ++width) {
    for (const std::string& line : page.lines(width, "a status that is quite long")) {
      CHECK(character_count(line) <= static_cast<std::size_t>(width));
    }
    CHECK(page.cursor(width).column < width);
  }
}

TEST_CASE("the form's command line is read, and what is wrong with it is said") {
  const auto arguments = parse_form_arguments({"--store", "here", "--endpoint", "https://x.org"});
  CHECK(arguments.store == "here");
  CHECK(arguments.endpoint == "https://x.org");
  CHECK(parse_form_arguments({"--help"}).help);
  CHECK_THROWS_AS(parse_form_arguments({"--store"}), FormUsageError);
  CHECK_THROWS_AS(parse_form_arguments({"now"}), FormUsageError);
}

TEST_CASE("a status wider than the terminal goes on in the next line, between words") {
  const test::TemporaryFolder folder;
  FormSession session(options_in(folder), {});
  const FormPage page(session);
  const auto lines = page.lines(20, "offline | 1 waiting | L\xc3\xb6velace's form waits");
  REQUIRE(lines.size() >= 3);
  CHECK(lines[lines.size() - 3] == "offline | 1 waiting");
  CHECK(lines[lines.size() - 2] == "| L\xc3\xb6velace's form");
  CHECK(lines[lines.size() - 1] == "waits");
  CHECK(page.lines(4, "unbreakable").back() == "ble");
}

}  // namespace lodge::demo
