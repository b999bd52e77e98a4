// Replies that no list had: each is played to a creation, an update and a removal over each wire.

#include <nlohmann/json.hpp>

#include "client/hostile/troubles.hpp"

namespace lodge::test {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// How often a record was written to, by the server's own log of requests.
std::size_t writes_to(const BadDay& day, const std::string& collection) {
  std::size_t count = 0;
  for (const SeenRequest& request : day.server.requests()) {
    if (writes(request) && request.target.find(collection) != std::string::npos) ++count;
  }
  return count;
}

TEST_CASE("N28: a hundred interim replies, some with fields of their own, mean nothing",
          "[N28][wires]") {
  each_wire([](BadDay& day) {
    const std::string interim =
        repeated("HTTP/1.1 102 X\r\n\r\n", 50) +
        repeated("HTTP/1.1 103 X\r\nETag: \"early\"\r\nLink: </x>\r\n\r\n", 50);
    day.server.set_trouble(
        spoiled([&](const Reply& reply) { return Script{Send{interim + text_of(reply)}}; }));
    day.file_and_flush();
    day.expect_states({"delivered"}, {"delivered"});
    day.expect_one_effect_each();
    // The early tag was not taken for the version.
    const Submission next = file(*day.client, day.creation.record, {{"number", 3}});
    CHECK(day.client->drain(std::chrono::seconds(20)));
    CHECK(state_of(*day.client, next.id) == "delivered");
    CHECK(writes_to(day, "creations") == 2);
  });
}

TEST_CASE("N29: bytes after a reply are nobody's answer", "[N29][wires]") {
  each_wire([](BadDay& day) {
    const std::string more =
        "HTTP/1.1 400 X\r\nContent-Type: application/problem+json\r\n"
        "Content-Length: 19\r\n\r\n{\"title\":\"injected\"}";
    day.server.set_trouble(
        spoiled([&](const Reply& reply) { return Script{Send{text_of(reply) + more}}; }));
    for (int round = 0; round < 3; ++round) {
      file(*day.client, {"more", std::to_string(round)}, {{"x", round}});
    }
    day.file_and_flush();
    day.recover(false);
    day.expect_one_effect_each();
    CHECK(day.client->status().count(State::rejected) == 0);
  });
}

TEST_CASE("N30: a reply longer than it said, or that ends with the connection, is a reply",
          "[N30][wires]") {
  SECTION("longer than its Content-Length") {
    expect_survival({.trouble = spoiled([](const Reply& reply) {
                       const std::string tag(header(reply.headers, "ETag").value_or(""));
                       return Script{Send{"HTTP/1.1 200 X\r\nETag: " + tag +
                                          "\r\nContent-Length: 2\r\n\r\n{}{}{}{}"},
                                     Close{}};
                     }),
                     .writes = {"delivered"}});
  }
  SECTION("HTTP/1.0, without a length") {
    expect_survival(
        {.trouble = spoiled([](const Reply& reply) {
           const std::string tag(header(reply.headers, "ETag").value_or(""));
           return Script{Send{"HTTP/1.0 200 X\r\nETag: " + tag + "\r\n\r\n{}"}, Close{}};
         }),
         .writes = {"delivered"}});
  }
}

TEST_CASE("N31: a 201 that names another record's address changes nothing", "[N31][wires]") {
  each_wire([](BadDay& day) {
    day.server.set_trouble(spoiled([](const Reply& reply) {
      Reply named = with(reply, {"Location", "/v1/creations/another"});
      return Script{Send{text_of(with(named, {"Content-Location", "/v1/updates/another"}))}};
    }));
    day.file_and_flush();
    day.expect_states({"delivered"}, {"delivered"});
    day.recover(false);
    day.expect_one_effect_each();
    for (const SeenRequest& request : day.server.requests()) {
      CHECK(request.target.find("another") == std::string::npos);
    }
  });
}

TEST_CASE("N32: a 412 whose record is ours, spelled another way, is a delivery", "[N32][wires]") {
  expect_survival(
      {.trouble = [](const SeenRequest& request, const Serve& serve) -> std::optional<Script> {
         Reply reply = serve();
         if (writes(request)) return problem_reply(412);
         if (reply.status != 200) return std::nullopt;
         const auto document = nlohmann::json::parse(reply.body);
         reply.body = "\r\n{ \"number\" : " + std::to_string(document.at("number").get<int>()) +
                      ".0e0 , \"text\":\"canary-of-the-\\u0066orm\" }";
         return Script{Send{text_of(reply)}};
       },
       .writes = {"delivered"}});
}

TEST_CASE("N33: a reading that is answered with a part, with `unchanged` or second-hand is none",
          "[N33][wires]") {
  const int status = GENERATE(203, 206, 304);
  CAPTURE(status);
  expect_survival({.trouble = [status](const SeenRequest& request,
                                       const Serve& serve) -> std::optional<Script> {
                     Reply reply = serve();
                     if (writes(request)) return Script{Send{text_of(without(reply, "ETag"))}};
                     if (status == 304)
                       return Script{Send{"HTTP/1.1 304 X\r\nETag: \"1\"\r\n\r\n"}};
                     reply.status = status;
                     return Script{Send{text_of(reply)}};
                   },
                   .writes = {"unconfirmed"},
                   .removal = {"delivered"}});
}

TEST_CASE("N34: the server's copy may say its charset and begin with a byte order mark",
          "[N34][wires]") {
  struct Copy {
    std::string type{};
    std::string before{};
    std::string state{};
  };
  const Copy copy =
      GENERATE(Copy{"application/json; charset=utf-8", "", "delivered"},
               Copy{"application/json;charset=\"UTF-8\"", "\xef\xbb\xbf", "delivered"},
               Copy{"application/json", "\xff\xfe", "unconfirmed"},
               Copy{"text/plain; charset=utf-8", "", "unconfirmed"});
  CAPTURE(copy.type, copy.before.size());
  expect_survival(
      {.trouble = [copy](const SeenRequest& request, const Serve& serve) -> std::optional<Script> {
         Reply reply = serve();
         if (writes(request)) return Script{Send{text_of(without(reply, "ETag"))}};
         reply.body = copy.before + reply.body;
         return Script{Send{text_of(with(reply, {"Content-Type", copy.type}))}};
       },
       .writes = {copy.state},
       .removal = {"delivered"}});
}

TEST_CASE("N35: a server's copy that names a member twice is asked about, not merged",
          "[N35][wires]") {
  each_wire([](BadDay& day) {
    day.server.set_trouble([](const SeenRequest& request, const Serve&) -> std::optional<Script> {
      if (request.method == "DELETE") return std::nullopt;
      if (writes(request)) return problem_reply(412);
      return reply_with(200, "Content-Type: application/json\r\nETag: \"9\"\r\n",
                        R"({"number":1,"number":7})");
    });
    day.file_and_flush();
    day.expect_states({"conflicted"}, {"delivered"});
    for (const Conflict& conflict : day.client->conflicts()) CHECK_FALSE(conflict.note.empty());
    day.expect_discretion();
  });
}

TEST_CASE("N36: a server whose clock is ten years off does not put a form off for ten years",
          "[N36][wires]") {
  each_wire([](BadDay& day) {
    day.server.set_trouble(always(problem_reply(
        429, "slowly",
        "Date: Fri, 01 Jan 2016 00:00:00 GMT\r\nRetry-After: Fri, 01 Jan 2016 00:10:00 GMT\r\n")));
    day.file_and_flush();
    day.expect_states({"pending"}, {"pending"});
    const Hold hold = day.client->explain(day.update.id).hold;
    REQUIRE(hold.until);
    CHECK(*hold.until - wall_now() > std::chrono::minutes(9));
    CHECK(*hold.until - wall_now() < std::chrono::minutes(13));
    day.recover(false);
    day.expect_one_effect_each();
  });
}

TEST_CASE("N37: what comes as a trailer is no field", "[N37][wires]") {
  expect_survival({.trouble = spoiled([](const Reply& reply) {
                     const bool removed = reply.status == 204 && !header(reply.headers, "ETag");
                     const std::string tag = removed ? "" : "ETag: \"evil\"\r\n";
                     return Script{Send{
                         "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\n\r\n"
                         "2\r\n{}\r\n0\r\n" +
                         tag + "\r\n"}};
                   }),
                   .writes = {"delivered"}});
}

}  // namespace
}  // namespace lodge::test
