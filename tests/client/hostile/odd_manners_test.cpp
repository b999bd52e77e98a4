// Manners that no list had: redirects, pages, early answers, words, cookies.

#include "client/hostile/troubles.hpp"

namespace lodge::test {
namespace {

TEST_CASE("N38: a removal that is answered with a page is looked into", "[N38][wires]") {
  expect_survival(
      {.trouble = [](const SeenRequest& request, const Serve& serve) -> std::optional<Script> {
         if (request.method != "DELETE") return std::nullopt;
         serve();
         return reply_with(200, "Content-Type: text/html\r\n", "<html>removed</html>");
       },
       .writes = {"delivered"}});
}

TEST_CASE("N39: a connection that ends right after 100 Continue leaves doubt", "[N39][wires]") {
  // Plain alone: the bridge reads a request whole before it passes it on.
  BadDay day(Wire::plain);
  day.server.set_trouble(always({Send{"HTTP/1.1 100 Continue\r\n\r\n"}, Close{}}), true);
  const Submission large =
      file(*day.client, {"f", "large"}, {{"text", std::string(std::size_t{3} << 20, 'a')}});
  day.client->flush(std::chrono::seconds(20));
  CHECK(state_of(*day.client, large.id) == "unconfirmed");
  day.server.heal();
  day.client->resume();
  CHECK(day.client->drain(std::chrono::seconds(20)));
  CHECK(state_of(*day.client, large.id) == "delivered");
  CHECK(day.server.effects_of(large.record) == 1);
}

TEST_CASE("N40: an answer that comes before the body was read is heard or in doubt",
          "[N40][wires]") {
  for (const bool closes : {true, false}) {
    CAPTURE(closes);
    BadDay day(Wire::plain);
    Script early = problem_reply(413);
    if (closes) early.push_back(Close{});
    day.server.set_trouble(always(early), true);
    const Submission large =
        file(*day.client, {"f", "large"}, {{"text", std::string(std::size_t{3} << 20, 'a')}});
    day.client->flush(std::chrono::seconds(20));
    const std::string state = state_of(*day.client, large.id);
    CAPTURE(state);
    CHECK((state == "rejected" || state == "unconfirmed"));
    day.server.heal();
    day.client->retry(Filter{});
    day.client->resume();
    CHECK(day.client->drain(std::chrono::seconds(20)));
    CHECK(state_of(*day.client, large.id) == "delivered");
    CHECK(day.server.effects_of(large.record) == 1);
  }
}

TEST_CASE("N41: a redirect to itself, or in a circle, is followed three times", "[N41][wires]") {
  const int status = GENERATE(307, 308);
  const bool itself = GENERATE(true, false);
  CAPTURE(status, itself);
  each_wire([&](BadDay& day) {
    const std::size_t before = day.server.requests().size();
    day.server.set_trouble([&](const SeenRequest& request, const Serve&) {
      const std::string to = itself ? request.target : "/v1/round/" + std::to_string(status);
      return reply_with(status, "Location: " + to + "\r\n");
    });
    day.file_and_flush();
    day.expect_states({"pending"}, {"pending"});
    CHECK(day.server.requests().size() - before == 3 * 4);
    day.recover(false);
    day.expect_one_effect_each();
  });
}

TEST_CASE("N42: a redirect that only looks like the same origin is none", "[N42][S3][S12][wires]") {
  const std::string to =
      GENERATE(as<std::string>(), "//127.0.0.1/v1/x", "http://127.0.0.1:1/v1/x",
               "https://127.0.0.1:1/x", "http://ada@127.0.0.1/x", "javascript:alert(1)",
               "file:///etc/passwd", "/v1/x\x01y", "http://[::1", "\\\\127.0.0.1\\x", "");
  CAPTURE(to);
  expect_survival({.trouble = always(reply_with(307, "Location: " + to + "\r\n")),
                   .writes = {"pending", "unconfirmed"}});
}

TEST_CASE("N43: a server that repeats our credentials in its words has them hidden",
          "[N43][S6][wires]") {
  const int status = GENERATE(400, 503, 409);
  const bool at_the_limit = GENERATE(false, true);
  CAPTURE(status, at_the_limit);
  expect_survival(
      {.trouble = [=](const SeenRequest& request, const Serve&) -> std::optional<Script> {
         const std::string sent(header(request.headers, "Authorization").value_or(""));
         // 500 characters are kept: the second cuts the token.
         const std::string filler = at_the_limit ? std::string(480, '-') : "";
         return reply_with(status, "Content-Type: application/problem+json\r\n",
                           R"({"detail":")" + filler + "You sent " + sent + R"("})");
       },
       .writes = {"rejected", "pending", "unconfirmed"},
       .retry = true});
}

TEST_CASE("N44: cookies are neither kept nor sent back", "[N44][S13][wires]") {
  each_wire([](BadDay& day) {
    day.server.set_trouble(spoiled([](const Reply& reply) {
      return Script{Send{text_of(with(reply, {"Set-Cookie", "session=1; Path=/"}))}};
    }));
    day.file_and_flush();
    file(*day.client, day.creation.record, {{"number", 3}});
    CHECK(day.client->drain(std::chrono::seconds(20)));
    for (const SeenRequest& request : day.server.requests()) {
      CHECK_FALSE(header(request.headers, "Cookie"));
    }
  });
}

TEST_CASE("N45: control characters in a server's words reach neither log nor screen",
          "[N45][S12][wires]") {
  each_wire([](BadDay& day) {
    day.server.set_trouble(to_writes(
        reply_with(400, "Content-Type: application/problem+json\r\n",
                   R"({"title":"a\u001b[2Jb\r\nc\u0000d\u202ee","detail":"x\u0007\u2028y"})")));
    day.file_and_flush();
    day.expect_states({"rejected"}, {"rejected"});
    const std::string words = day.client->explain(day.update.id).words;
    for (const char& byte : words) CHECK(static_cast<unsigned char>(byte) >= 0x20);
    CHECK(words.find("\xe2\x80\xae") == std::string::npos);
    CHECK(words.find("\xe2\x80\xa8") == std::string::npos);
    day.recover(true);
  });
}

TEST_CASE("N46: a refusal whose words are compressed is a refusal without words", "[N46][wires]") {
  const std::string zipped("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x00\x00", 14);
  expect_survival(
      {.trouble = to_writes(reply_with(
           400, "Content-Type: application/problem+json\r\nContent-Encoding: gzip\r\n", zipped)),
       .writes = {"rejected"},
       .retry = true});
}

TEST_CASE("N47: a server that stores a form in its own words has it all the same", "[N47][wires]") {
  expect_survival(
      {.trouble = [](const SeenRequest& request, const Serve& serve) -> std::optional<Script> {
         Reply reply = serve();
         if (writes(request)) return Script{Send{text_of(without(reply, "ETag"))}};
         if (reply.status == 200) {
           reply.body = R"({"text":"TRIMMED","stamp":"2026-01-01"})";
         }
         return Script{Send{text_of(reply)}};
       },
       .writes = {"delivered"}});
}

TEST_CASE("N48: a server that says deeply nested things of a success has delivered all the same",
          "[N48][I7][wires]") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  SECTION("of a success") {
    expect_survival({.trouble = spoiled([&](const Reply& reply) {
                       Reply spoken = with(reply, {"Content-Type", "application/json"});
                       if (spoken.status == 204) spoken.status = 200;
                       spoken.body = deep;
                       return Script{Send{text_of(spoken)}};
                     }),
                     .writes = {"delivered"}});
  }
  SECTION("of a refusal") {
    expect_survival(
        {.trouble = to_writes(reply_with(400, "Content-Type: application/problem+json\r\n", deep)),
         .writes = {"rejected"},
         .retry = true});
  }
}

}  // namespace
}  // namespace lodge::test
