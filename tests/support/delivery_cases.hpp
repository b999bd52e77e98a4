#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lodge/transport.hpp"
#include "queue/answer/settle.hpp"
#include "queue/request/compose.hpp"

// Submissions, replies and circumstances for the tests of decisions.
namespace lodge::test {

using namespace std::chrono_literals;

inline constexpr Time noon = Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h);

inline queue::Profile a_profile(ConflictPolicy policy = ConflictPolicy::ask) {
  queue::Profile profile;
  profile.endpoint = queue::parse_endpoint("https://forms.example.org/v1");
  profile.rules.policy = policy;
  return profile;
}

inline constexpr const char* record_address = "https://forms.example.org/v1/availability/ada";

inline RequestKey key_of(std::uint8_t last) {
  RequestKey key;
  key.bytes[15] = last;
  return key;
}

inline storage::StoredRequest stored_request(storage::Precondition precondition,
                                             std::string tag = {}, int number = 1) {
  storage::StoredRequest request;
  request.number = number;
  request.key = key_of(1);
  request.url = record_address;
  request.precondition = precondition;
  request.tag = std::move(tag);
  request.body = 5;
  return request;
}

inline storage::Due a_due(Operation operation) {
  storage::Due due;
  due.submission.number = 7;
  due.submission.record = {"availability", "ada"};
  due.submission.identity = "ada";
  due.submission.operation = operation;
  due.record.id = due.submission.record;
  due.stream = 1;
  due.content = operation == Operation::put ? 5 : 0;
  due.due_at = noon;
  return due;
}

inline void write_on(storage::Due& due, const std::string& tag) {
  due.submission.base = BaseKind::version;
  due.submission.base_version = Version{tag};
  due.base_content = 3;
}

inline void write_after(storage::Due& due, bool after_a_put = true) {
  due.submission.base = BaseKind::after;
  due.submission.after = SubmissionId{};
  due.base_content = after_a_put ? 4 : 0;
}

inline void show_record(storage::Due& due, const std::string& tag) {
  due.record.presence = Presence::present;
  due.record.version = Version{tag};
  due.record_content = 6;
}

/// A create whose first request went.
inline storage::Due a_create() {
  storage::Due due = a_due(Operation::put);
  due.submission.base = BaseKind::absent;
  due.request = stored_request(storage::Precondition::absent);
  return due;
}

/// An update whose first request went with the tag "v1".
inline storage::Due an_update(const std::string& tag = "\"v1\"") {
  storage::Due due = a_due(Operation::put);
  write_on(due, tag);
  show_record(due, tag);
  due.request = stored_request(storage::Precondition::match, tag);
  return due;
}

inline storage::Due a_removal(const std::string& tag = "\"v1\"") {
  storage::Due due = a_due(Operation::remove);
  write_on(due, tag);
  show_record(due, tag);
  due.request = stored_request(storage::Precondition::match, tag);
  due.request->body = 0;
  return due;
}

/// The same, after the server's last word on the request.
inline storage::Due after_word(storage::Due due, int status) {
  due.submission.problem_status = status;
  due.step = Step::check;
  due.in_doubt = status == 409 || status == 412 || status >= 500 || status < 300;
  return due;
}

inline Reply a_reply(int status, std::string body = {}, std::vector<Header> headers = {}) {
  Reply reply;
  reply.status = status;
  reply.departures = 1;
  reply.verified = true;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return reply;
}

inline Reply a_page(int status) {
  return a_reply(status, "<html>Welcome</html>", {{"Content-Type", "text/html; charset=utf-8"}});
}

inline Reply a_document(std::string body, std::string tag) {
  return a_reply(200, std::move(body),
                 {{"Content-Type", "application/json"}, {"ETag", std::move(tag)}});
}

inline Reply unverified(Reply reply) {
  reply.verified = reply.loopback = false;
  return reply;
}

inline Request a_put() { return {.method = Method::put, .url = record_address}; }
inline Request a_delete() { return {.method = Method::del, .url = record_address}; }
inline Request a_get() { return {.method = Method::get, .url = record_address}; }

/// What settling depends on, with its owner.
struct Scene {
  queue::Profile profile = a_profile();
  std::vector<storage::Gate> gates{};
  queue::Refusals refusals{};
  queue::Failures failures{};
  Time now = noon;
  double chance = 0.5;

  [[nodiscard]] queue::Circumstances circumstances() {
    return {profile, gates, refusals, failures, now, chance, key_of(9)};
  }

  /// Classifies, settles and applies the gates' changes, as a delivery pass does.
  queue::Settlement send(const storage::Due& due, const Reply& reply) {
    Request request = due.submission.operation == Operation::put ? a_put() : a_delete();
    const queue::Meaning meaning = queue::classify(
        request, due.request ? due.request->precondition : storage::Precondition::none, reply,
        due.in_doubt, profile, now);
    return apply(queue::settle_send(due, 11, meaning, circumstances()));
  }

  queue::Settlement check(const storage::Due& due, const queue::Texts& texts, const Reply& reply) {
    const queue::Meaning meaning = queue::classify_check(a_get(), reply, profile, now);
    return apply(queue::settle_check(due, 12, texts, meaning, reply, circumstances()));
  }

  queue::Settlement apply(queue::Settlement settlement) {
    for (const storage::GateChange& change : settlement.gates) {
      std::erase_if(gates, [&](const storage::Gate& gate) {
        return gate.scope == change.gate.scope && gate.name == change.gate.name &&
               gate.reason == change.gate.reason;
      });
      if (!change.open) gates.push_back(change.gate);
    }
    return settlement;
  }
};

/// The submission as the store would hand it out again after it was settled.
inline storage::Due next_due(storage::Due due, const storage::Settled& settled) {
  due.submission.state = settled.state;
  due.submission.tries = settled.tries;
  due.submission.problem = settled.problem;
  due.submission.problem_status = settled.problem_status;
  due.in_doubt = settled.in_doubt;
  due.accepted = settled.accepted;
  due.step = settled.step;
  due.rounds = settled.rounds;
  due.due_at = settled.due_at;
  if (settled.request) {
    storage::StoredRequest request;
    request.number = due.request ? due.request->number + 1 : 1;
    request.key = settled.request->key;
    request.url = settled.request->url;
    request.precondition = settled.request->precondition;
    request.tag = settled.request->tag;
    request.body = settled.request->merged_body ? 99 : due.content;
    due.request = request;
  }
  if (settled.record) {
    due.record.presence = settled.record->presence;
    due.record.version = settled.record->version;
  }
  return due;
}

}  // namespace lodge::test
