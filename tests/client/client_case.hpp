#pragma once

#include <string>
#include <vector>

#include "client/client_fixture.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"

namespace lodge::test {

inline std::string state_of(Client& client, const SubmissionId& id) {
  const auto found = client.submission(id);
  return found ? std::string(name(found->state)) : "missing";
}

inline std::string hold_of(Client& client, const SubmissionId& id) {
  return std::string(name(client.explain(id).hold.reason));
}

/// All that a store holds, in short: a refused call must leave it as it was.
inline std::string holdings(Client& client) {
  const Verdict verdict = client.verify_history();
  return "history " + std::to_string(verdict.entries) + " " + verdict.head.hex() + ", drafts " +
         std::to_string(client.drafts().size()) + ", submissions " +
         std::to_string(client.outbox({.limit = 1'000, .settled_too = true}).size()) +
         ", waiting " + std::to_string(client.status().waiting());
}

/// A sentence for people that says what to do, and repeats nothing secret.
inline bool is_advice(const std::string& sentence) {
  return sentence.size() >= 20 && sentence.find(' ') != std::string::npos &&
         sentence.find("canary") == std::string::npos && sentence.find('\n') == std::string::npos;
}

/// The call is refused with this code and good advice.
template <class Call>
void expect_refusal(const std::string& code, const Call& call) {
  CHECK(code_of(call) == code);
  if (const auto error = error_of(call)) {
    INFO(error->what());
    CHECK(is_advice(error->what()));
  }
}

/// The same, and the store is as it was.
template <class Call>
void expect_refusal(Client& client, const std::string& code, const Call& call) {
  const std::string before = holdings(client);
  expect_refusal(code, call);
  CHECK(holdings(client) == before);
}

/// A client with something in each corner of its store.
inline Client& lived_in(Kiosk& kiosk) {
  Client& client = kiosk.open();
  kiosk.file({"availability", "bob"}, {{"monday", "08:00"}});
  client.drain(std::chrono::seconds(1));
  kiosk.file({"availability", "cy"}, {{"monday", "09:00"}});
  Draft draft = client.edit(ada);
  draft.content["monday"] = "10:00";
  client.save(draft);
  return client;
}

/// How many history entries of this submission have this action.
inline int entries_of(Client& client, const SubmissionId& id, const std::string& action) {
  int count = 0;
  for (const HistoryEntry& entry : client.history({.submission = id, .limit = 1'000})) {
    if (entry.action == action) ++count;
  }
  return count;
}

/// Objects within objects, `levels` in all.
inline nlohmann::json nested(int levels) {
  nlohmann::json inner = nlohmann::json::object();
  for (int level = 1; level < levels; ++level) {
    nlohmann::json outer = nlohmann::json::object();
    outer["a"] = std::move(inner);
    inner = std::move(outer);
  }
  return inner;
}

inline Reply no_connection() { return {.error = TransportError::connect, .departures = 0}; }

inline Reply answer(int status, std::vector<Header> headers = {}, std::string body = {}) {
  return {.departures = 1,
          .status = status,
          .headers = std::move(headers),
          .body = std::move(body),
          .loopback = true};
}

inline Reply refusal(int status, const std::string& detail = "no") {
  return answer(status, {{"Content-Type", "application/problem+json"}},
                nlohmann::json{{"title", "refused"}, {"detail", detail}}.dump());
}

}  // namespace lodge::test
