#include <csignal>

#include "client/client_case.hpp"
#include "client/process/os_support.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::expect_refusal;
using test::Kiosk;

/// Content that must be refused wherever it is given.
void expect_content_refused(Client& client, const json& content) {
  Draft draft = client.edit(ada);
  draft.content = content;
  expect_refusal(client, "invalid_content", [&] { client.save(draft); });
  expect_refusal(client, "invalid_content", [&] { client.submit(draft); });
  const Draft good = client.edit({"availability", "dee"});
  const std::vector<Draft> both{good, draft};
  expect_refusal(client, "invalid_content", [&] { client.submit_all(both); });
  const auto error = test::error_of([&] { client.submit_all(both); });
  REQUIRE(error);
  CHECK(std::string(error->what()).find("Draft 1 ") != std::string::npos);
  CHECK(client.edit(ada).content["monday"] == "10:00");
}

TEST_CASE("content that is not an object is refused at the call") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  for (const json& content :
       {json::array({1}), json("canary"), json(17), json(1.5), json(true), json(nullptr)}) {
    CAPTURE(content);
    expect_content_refused(client, content);
  }
}

TEST_CASE("I1: text that is not UTF-8 is refused at the call, never at sending", "[I1]") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const std::string bad[] = {
      "\xff", "\xc3(", "canary \xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "cut \xe2\x82"};
  for (const std::string& text : bad) {
    expect_content_refused(client, {{"name", text}});
    expect_content_refused(client, {{text, 1}});
    expect_content_refused(client, {{"deep", {{"list", {1, text}}}}});
  }
}

TEST_CASE("I1: NUL, emoji and control characters in text are content like any other", "[I1]") {
  Kiosk kiosk;
  Client& client = kiosk.open();
  const json content{{"name", std::string("a\0b", 3)}, {"\x01", "\xf0\x9f\x98\x80"}, {"", "\r\n"}};
  const Submission submission = kiosk.file(ada, content);
  CHECK(client.drain(std::chrono::seconds(1)));
  CHECK(client.content(submission.id) == content);
  CHECK(json::parse(*kiosk.server.find(ada)->content) == content);
}

TEST_CASE("nesting of 64 is accepted and of 65 is refused") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  expect_content_refused(client, test::nested(65));
  json arrays = json::array();
  for (int i = 0; i < 64; ++i) arrays = json::array({arrays});
  expect_content_refused(client, {{"a", arrays}});
  const Submission fits = kiosk.file({"availability", "deep"}, test::nested(64));
  CHECK(client.drain(std::chrono::seconds(1)));
  CHECK(test::state_of(client, fits.id) == "delivered");
}

// In a process of its own: the way in which this fails is an end of the stack.
std::string complaint_about_depth(const std::function<void(Client&, Draft&)>& call) {
  return test::complaint_of_child([&]() -> std::string {
    std::signal(SIGSEGV, SIG_DFL);
    Kiosk kiosk;
    Client& client = kiosk.open();
    Draft draft = client.edit(ada);
    draft.content["a"] = json::parse(std::string(100'000, '[') + std::string(100'000, ']'));
    const std::string code = test::code_of([&] { call(client, draft); });
    return code == "invalid_content" ? "" : "refused with " + code;
  });
}

TEST_CASE("I1: 100,000 nested arrays are refused by save and submit", "[I1]") {
  CHECK(complaint_about_depth([](Client& client, Draft& draft) { client.save(draft); }) == "");
  CHECK(complaint_about_depth([](Client& client, Draft& draft) { client.submit(draft); }) == "");
  CHECK(complaint_about_depth([](Client& client, Draft& draft) {
          client.submit_all({&draft, 1});
        }) == "");
}

TEST_CASE("I1: an autosave of 100,000 nested arrays does not end the program", "[I1]") {
  const std::string said = test::complaint_of_child([]() -> std::string {
    std::signal(SIGSEGV, SIG_DFL);
    Kiosk kiosk;
    Client& client = kiosk.open();
    Draft draft = client.edit(ada);
    draft.content["a"] = json::parse(std::string(100'000, '[') + std::string(100'000, ']'));
    static_cast<void>(test::code_of([&] { client.autosave(draft); }));
    kiosk.run(std::chrono::seconds(3));
    return client.drafts().empty() ? "" : "it was saved";
  });
  CHECK(said == "");
}

TEST_CASE("a form of exactly the limit is accepted and one byte more is refused") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.body_limit = 100;
  Client client(options);
  Draft draft = client.edit(ada);
  draft.content = {{"a", std::string(92, 'x')}};
  REQUIRE(draft.content.dump().size() == 100);
  client.save(draft);
  draft.content["a"] = std::string(93, 'x');
  expect_refusal(client, "invalid_content", [&] { client.save(draft); });
  expect_refusal(client, "invalid_content", [&] { client.submit(draft); });
}

TEST_CASE("a form beyond 10 MiB is refused") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  Draft draft = client.edit(ada);
  draft.content["story"] = std::string(std::size_t{10} << 20, 'x');
  expect_refusal(client, "invalid_content", [&] { client.save(draft); });
  expect_refusal(client, "invalid_content", [&] { client.submit(draft); });
}

void expect_record_refused(Client& client, const RecordId& record) {
  expect_refusal(client, "invalid_key", [&] { client.edit(record); });
  expect_refusal(client, "invalid_key", [&] { client.remove(record); });
  expect_refusal(client, "invalid_key", [&] { client.refresh(record); });
  Draft draft;
  draft.record = record;
  draft.id = *SubmissionId::parse("0190f3a2-0000-7000-8000-000000000001");
  expect_refusal(client, "invalid_key", [&] { client.save(draft); });
  expect_refusal(client, "invalid_key", [&] { client.submit(draft); });
}

TEST_CASE("I2: names that cannot be part of a URL are refused at the call", "[I2]") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const std::string bad[] = {"",
                             ".",
                             "..",
                             "a\nb",
                             "a\rb",
                             std::string("a\0b", 3),
                             "\x7f",
                             "\xc2\x85",
                             "\xff",
                             std::string(201, 'a'),
                             std::string(67, '/'),
                             std::string(std::size_t{256} << 10, 'k')};
  for (const std::string& name : bad) {
    CAPTURE(name.substr(0, 20));
    expect_record_refused(client, {"availability", name});
    expect_record_refused(client, {name, "ada"});
  }
}

TEST_CASE("I2: names with quotes, dots, slashes and emoji arrive as they are", "[I2]") {
  Kiosk kiosk;
  Client& client = kiosk.open();
  const std::string names[] = {"'; DROP TABLE drafts; --",
                               "../../etc/passwd",
                               "a/b?c#d%41",
                               "\xf0\x9f\x98\x80",
                               "...",
                               std::string(200, 'a'),
                               "A",
                               "a"};
  for (const std::string& name : names) kiosk.file({"f", name}, {{"name", name}});
  CHECK(client.drain(std::chrono::seconds(1)));
  for (const std::string& name : names) {
    const auto* found = kiosk.server.find({"f", name});
    REQUIRE(found);
    CHECK(json::parse(*found->content)["name"] == name);
  }
}

TEST_CASE("I3: header values with a line break hold the identity, and nothing is sent", "[I3]") {
  const Header bad[] = {{"Authorization", "Bearer canary\r\nX-Evil: 1"},
                        {"Authorization", "Bearer canary\n"},
                        {"Authorization", std::string("Bearer canary\0", 14)},
                        {"Authoriz\r\nation", "x"},
                        {"", "x"},
                        {"Content-Length", "0"},
                        {"Idempotency-Key", "\"mine\""},
                        {"X-Long", std::string(9000, 'a')}};
  for (const Header& header : bad) {
    CAPTURE(header.name);
    Kiosk kiosk;
    Options options = kiosk.options();
    bool fixed = false;
    options.authorize = [&](const Authorization&) {
      return fixed ? std::vector<Header>{} : std::vector<Header>{header};
    };
    options.identity = "ada";
    Client client(options);
    Draft draft = client.edit(ada);
    draft.content["monday"] = "09:00";
    const Submission submission = client.submit(draft);
    client.drain(std::chrono::seconds(1));
    CHECK(kiosk.seen.empty());
    CHECK(test::state_of(client, submission.id) == "pending");
    const Explanation why = client.explain(submission.id);
    CHECK(name(why.hold.reason) == "sign_in");
    CHECK(why.words.find("canary") == std::string::npos);
    CHECK(why.submission.tries == 0);
    fixed = true;
    client.resume({.identity = "ada"});
    CHECK(client.drain(std::chrono::seconds(1)));
    CHECK(test::state_of(client, submission.id) == "delivered");
  }
}

TEST_CASE("I3: a reason with a line break does not become a header of its own", "[I3]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.reason_header = "X-Reason";
  Client client(options);
  Draft draft = client.edit(ada);
  draft.content["monday"] = "09:00";
  client.submit(draft, {.reason = "sick\r\nX-Evil: 1"});
  CHECK(client.drain(std::chrono::seconds(1)));
  REQUIRE_FALSE(kiosk.seen.empty());
  for (const Header& header : kiosk.seen[0].headers) {
    CHECK(header.value.find_first_of("\r\n") == std::string::npos);
  }
}

TEST_CASE("reasons, names of lanes and identities that no store can keep are refused at the call") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const Draft draft = client.edit(ada);
  for (const std::string& text : {std::string("\xff"), std::string("cut \xe2\x82")}) {
    expect_refusal(client, "invalid_argument", [&] { client.submit(draft, {.reason = text}); });
    expect_refusal(client, "invalid_argument", [&] { client.pause(text); });
    expect_refusal(client, "invalid_argument", [&] { client.edit(ada, {.identity = text}); });
    expect_refusal(client, "invalid_argument", [&] { client.edit(ada, {.lane = text}); });
    expect_refusal(client, "invalid_argument", [&] { client.remove(ada, {.lane = text}); });
  }
}

TEST_CASE("a lane without a name and an identity without end are refused at the call") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const Draft draft = client.edit(ada);
  expect_refusal(client, "invalid_argument", [&] { client.edit(ada, {.lane = ""}); });
  expect_refusal(client, "invalid_argument", [&] { client.remove(ada, {.lane = ""}); });
  expect_refusal(client, "invalid_argument",
                 [&] { client.edit(ada, {.identity = std::string(201, 'x')}); });
  Draft unnamed = draft;
  unnamed.lane.clear();
  expect_refusal(client, "invalid_argument", [&] { client.save(unnamed); });
  expect_refusal(client, "invalid_argument", [&] { client.submit(unnamed); });
}

TEST_CASE("a removal of a version that cannot be a tag is refused at the call") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  for (const std::string& tag : {std::string(""), std::string("\"a\"\r\nX-Evil: 1"),
                                 std::string(" \"a\""), "\"" + std::string(2'000, 'x') + "\""}) {
    CAPTURE(tag.substr(0, 30));
    expect_refusal(client, "invalid_argument", [&] {
      client.remove({"availability", "bob"}, {.version = Version{tag}});
    });
  }
}

TEST_CASE("pages and limits out of range are refused") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  for (const int limit : {0, -1, 1'001}) {
    expect_refusal(client, "invalid_argument", [&] { client.outbox({.limit = limit}); });
    expect_refusal(client, "invalid_argument", [&] { client.history({.limit = limit}); });
  }
  expect_refusal(client, "invalid_argument",
                 [&] { static_cast<void>(client.on_event(EventHandler())); });
}

TEST_CASE("a full outbox refuses the next form, evicts nothing and keeps the draft") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.outbox_limit = 2;
  Client client(options);
  std::vector<Draft> drafts;
  for (const std::string key : {"a", "b", "c"}) {
    Draft draft = client.edit({"f", key});
    draft.content["key"] = key;
    client.save(draft);
    drafts.push_back(draft);
  }
  expect_refusal(client, "outbox_full", [&] { client.submit_all(drafts); });
  client.submit(drafts[0]);
  client.submit(drafts[1]);
  expect_refusal(client, "outbox_full", [&] { client.submit(drafts[2]); });
  expect_refusal(client, "outbox_full", [&] { client.remove({"f", "d"}); });
  CHECK(client.drafts().size() == 1);
  CHECK(client.drain(std::chrono::seconds(1)));
  client.submit(drafts[2]);
  CHECK(client.drain(std::chrono::seconds(1)));
  CHECK(kiosk.server.ledger().effects().size() == 3);
}

TEST_CASE("a full outbox by bytes refuses the next form") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.outbox_bytes = 100;
  Client client(options);
  Draft draft = client.edit(ada);
  draft.content["a"] = std::string(60, 'x');
  client.submit(draft);
  Draft second = client.edit({"f", "b"});
  second.content["a"] = std::string(60, 'x');
  expect_refusal(client, "outbox_full", [&] { client.submit(second); });
}

TEST_CASE("submit_all takes all forms or none") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  std::vector<Draft> drafts{client.edit({"f", "a"}), client.edit({"f", "b"})};
  drafts[0].content["x"] = 1;
  drafts[1].content["x"] = 2;
  std::vector<Draft> spoiled = drafts;
  spoiled[1].record.key = "..";
  expect_refusal(client, "invalid_key", [&] { client.submit_all(spoiled); });
  CHECK(client.submit_all(drafts).size() == 2);
  CHECK(client.submit_all(drafts).size() == 2);
  CHECK(client.submit_all({}).empty());
  CHECK(client.drain(std::chrono::seconds(1)));
  CHECK(kiosk.server.ledger().effects().size() == 4);
}

TEST_CASE("ids that this store does not know are not_found") {
  Kiosk kiosk;
  Client& client = test::lived_in(kiosk);
  const auto unknown = *SubmissionId::parse("0190f3a2-0000-7000-8000-000000000002");
  expect_refusal(client, "not_found", [&] { client.explain(unknown); });
  expect_refusal(client, "not_found", [&] { client.withdraw(unknown); });
  expect_refusal(client, "not_found", [&] { client.withdraw_from(unknown); });
  expect_refusal(client, "not_found", [&] { client.amend(unknown); });
  expect_refusal(client, "not_found", [&] { client.retry(unknown); });
  expect_refusal(client, "not_found", [&] { client.content(unknown); });
  expect_refusal(client, "not_found",
                 [&] { client.resolve(unknown, Resolution::ours(), std::nullopt); });
  Draft draft = client.edit({"f", "new"});
  expect_refusal(client, "not_found", [&] { client.discard(draft); });
  CHECK_FALSE(client.submission(unknown));
}

}  // namespace
}  // namespace lodge
