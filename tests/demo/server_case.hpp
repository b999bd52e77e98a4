#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "demo/server/forms_server.hpp"
#include "support/catch.hpp"

namespace lodge::demo {

inline const Time noon{std::chrono::hours(24 * 365 * 50 + 12)};
inline const RecordId ada{"availability", "ada@example.org"};
inline constexpr std::string_view ada_url = "http://127.0.0.1/v1/availability/ada%40example.org";

inline Request get(std::string_view url = ada_url, std::vector<Header> headers = {}) {
  return {.method = Method::get, .url = std::string(url), .headers = std::move(headers)};
}

inline Request put(std::string body, std::vector<Header> headers, std::string_view url = ada_url) {
  headers.push_back({"Content-Type", "application/json"});
  return {.method = Method::put,
          .url = std::string(url),
          .headers = std::move(headers),
          .body = std::move(body)};
}

inline Request del(std::vector<Header> headers, std::string_view url = ada_url) {
  return {.method = Method::del, .url = std::string(url), .headers = std::move(headers)};
}

inline Header key(std::string_view text) {
  return {"Idempotency-Key", "\"" + std::string(text) + "\""};
}
inline Header if_match(std::string_view tags) { return {"If-Match", std::string(tags)}; }
inline Header if_none_match(std::string_view tags) { return {"If-None-Match", std::string(tags)}; }
inline Header if_absent() { return if_none_match("*"); }

inline std::string field(const Reply& reply, std::string_view name) {
  return std::string(header(reply.headers, name).value_or(""));
}

/// The problem document of a refusal; checks that it is one.
inline nlohmann::json problem_of(const Reply& reply) {
  REQUIRE(field(reply, "Content-Type") == "application/problem+json");
  auto document = nlohmann::json::parse(reply.body);
  CHECK(document.at("status") == reply.status);
  CHECK(document.at("type").get<std::string>().starts_with("https://"));
  CHECK_FALSE(document.at("title").get<std::string>().empty());
  return document;
}

/// A server and what the tests ask of it most.
struct ServerCase {
  FormsServer server{};
  Time now = noon;

  Reply send(const Request& request) { return server.handle(request, now); }

  std::string create(std::string body = R"({"monday":"09:00"})") {
    const Reply reply = send(put(std::move(body), {if_absent()}));
    REQUIRE(reply.status == 201);
    return field(reply, "ETag");
  }

  std::size_t effects() const { return server.ledger().effects().size(); }
};

}  // namespace lodge::demo
