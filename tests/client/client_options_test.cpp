#include <filesystem>

#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::expect_refusal;
using test::Kiosk;

TEST_CASE("I4: an endpoint that is not an https URL is refused when opening, before any file",
          "[I4]") {
  const std::string bad[] = {"file:///etc/passwd",
                             "ftp://forms.example.org/v1",
                             "https://user:canary@forms.example.org/v1",
                             "https://canary@forms.example.org/v1",
                             "forms.example.org/v1",
                             "//forms.example.org/v1",
                             "/v1",
                             "https://",
                             "https:///v1",
                             "http://forms.example.org/v1",
                             "https://forms.example.org:99999/v1",
                             "https://forms.example.org/v1\r\nX-Evil: 1",
                             "https://forms.example.org/a b",
                             "https://forms.example.org/v1#part",
                             "javascript:alert(1)"};
  for (const std::string& endpoint : bad) {
    CAPTURE(endpoint);
    Kiosk kiosk;
    Options options = kiosk.options();
    options.endpoint = endpoint;
    expect_refusal("invalid_endpoint", [&] { Client client(options); });
    CHECK_FALSE(std::filesystem::exists(options.store));
  }
}

TEST_CASE("I4: a refused endpoint leaves an existing store as it was", "[I4]") {
  Kiosk kiosk;
  const std::string before = test::holdings(test::lived_in(kiosk));
  kiosk.client.reset();
  Options options = kiosk.options();
  options.endpoint = "file:///etc/passwd";
  expect_refusal("invalid_endpoint", [&] { Client client(options); });
  CHECK(test::holdings(kiosk.open()) == before);
}

TEST_CASE("plain http is for loopback or by explicit choice") {
  for (const std::string endpoint :
       {"http://127.0.0.1:1/v1", "http://[::1]:1/v1", "http://localhost:1/v1"}) {
    Kiosk kiosk;
    Options options = kiosk.options();
    options.endpoint = endpoint;
    CHECK(test::code_of([&] { Client client(options); }) == "none");
  }
  Kiosk kiosk;
  Options options = kiosk.options();
  options.endpoint = "http://forms.example.org/v1";
  options.allow_plain_http = true;
  CHECK(test::code_of([&] { Client client(options); }) == "none");
}

TEST_CASE("without an endpoint drafts work and submit says what is missing") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.endpoint.clear();
  {
    Client client(options);
    Draft draft = client.edit(ada);
    draft.content["monday"] = "09:00";
    client.save(draft);
    draft.content["monday"] = "10:00";
    client.autosave(draft);
    CHECK(client.drafts().at(0).content["monday"] == "10:00");
    expect_refusal(client, "no_endpoint", [&] { client.submit(draft); });
    expect_refusal(client, "no_endpoint", [&] { client.submit_all({&draft, 1}); });
    expect_refusal(client, "no_endpoint", [&] { client.remove(ada); });
    expect_refusal(client, "no_endpoint", [&] { client.refresh(ada); });
    const auto error = test::error_of([&] { client.submit(draft); });
    REQUIRE(error);
    CHECK(std::string(error->what()).find("Options::endpoint") != std::string::npos);
    CHECK(client.drain(std::chrono::seconds(0)));
    client.step();
    CHECK(client.status().endpoint.empty());
  }
  CHECK(kiosk.seen.empty());
  const Draft kept = kiosk.open().edit(ada);
  CHECK(kept.content["monday"] == "10:00");
  kiosk.client->submit(kept);
  CHECK(kiosk.client->drain(std::chrono::seconds(1)));
}

TEST_CASE("a URL template that cannot work is refused when opening") {
  for (const std::string text :
       {"", "{collection}/{id}", "{base}{id}", "{base}/{collection}", "{base}/{nope}/{id}",
        "{base}/../{id}", "{base}/{id}#x", "{base}/{id}\r\n", "https://elsewhere.example/{id}",
        "{base}@evil.example/{id}", "{base}/{base}/{id}"}) {
    CAPTURE(text);
    Kiosk kiosk;
    Options options = kiosk.options();
    options.url_template = text;
    expect_refusal("invalid_endpoint", [&] { Client client(options); });
    CHECK_FALSE(std::filesystem::exists(options.store));
  }
}

void expect_options_refused(const std::string& code, const std::function<void(Options&)>& spoil) {
  Kiosk kiosk;
  Options options = kiosk.options();
  spoil(options);
  expect_refusal(code, [&] { Client client(options); });
  CHECK_FALSE(std::filesystem::exists(kiosk.folder / "kiosk.lodge"));
}

TEST_CASE("options out of range are refused when opening") {
  const std::string wrong = "invalid_argument";
  expect_options_refused(wrong, [](Options& o) { o.store.clear(); });
  expect_options_refused(wrong, [](Options& o) { o.in_flight = 0; });
  expect_options_refused(wrong, [](Options& o) { o.in_flight = 257; });
  expect_options_refused(wrong, [](Options& o) { o.depth_limit = 0; });
  expect_options_refused(wrong, [](Options& o) { o.depth_limit = 65; });
  expect_options_refused(wrong, [](Options& o) { o.body_limit = 0; });
  expect_options_refused(wrong, [](Options& o) { o.retry.factor = 0; });
  expect_options_refused(wrong, [](Options& o) { o.retry.floor = Duration(-1); });
  expect_options_refused(wrong, [](Options& o) { o.retry.ceiling = Duration(1); });
  expect_options_refused(wrong, [](Options& o) { o.outbox_limit = -1; });
  expect_options_refused(wrong, [](Options& o) { o.spread = Duration(-1); });
  expect_options_refused(wrong, [](Options& o) { o.connect_timeout = Duration(0); });
  expect_options_refused(wrong, [](Options& o) { o.autosave_idle = Duration(-1); });
  expect_options_refused(wrong, [](Options& o) { o.identity = std::string(201, 'x'); });
  expect_options_refused("invalid_header", [](Options& o) { o.content_type = "a/b\r\nX: 1"; });
  expect_options_refused("invalid_header", [](Options& o) { o.reason_header = "X Reason"; });
  expect_options_refused("invalid_header", [](Options& o) { o.effective_at_header = "If-Match"; });
}

TEST_CASE("what is wrong with an option names that option") {
  const auto sentence_of = [](const std::function<void(Options&)>& spoil) {
    Kiosk kiosk;
    Options options = kiosk.options();
    spoil(options);
    const auto error = test::error_of([&] { Client client(options); });
    return error ? std::string(error->what()) : "accepted";
  };
  CHECK(sentence_of([](Options& o) {
          o.probe_url = "probe.example.org";
        }).starts_with("Options::probe_url is not an https URL"));
  CHECK(sentence_of([](Options& o) {
          o.probe_url = "https://u:canary@probe.example.org";
        }).starts_with("Options::probe_url holds a user name"));
  CHECK(sentence_of([](Options& o) {
          o.content_type = "a/b\r\nX: 1";
        }).starts_with("Options::content_type holds a line break"));
  CHECK(sentence_of([](Options& o) {
          o.content_type = std::string(1'001, 'x');
        }).starts_with("Options::content_type is longer"));
  CHECK(sentence_of([](Options& o) {
          o.reason_header = "X Reason";
        }).starts_with("Options::reason_header cannot be used."));
  CHECK(sentence_of([](Options& o) {
          o.effective_at_header = "If-Match";
        }).starts_with("Options::effective_at_header cannot be used."));
}

TEST_CASE("a store's path that is no place for a store is its own error") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.store = kiosk.folder / "no folder/kiosk.lodge";
  expect_refusal("io", [&] { Client client(options); });
  options.store = kiosk.folder.path();
  expect_refusal("not_a_store", [&] { Client client(options); });
}

}  // namespace
}  // namespace lodge
