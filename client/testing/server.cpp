#include "lodge/testing/server.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "client/testing/server/forms_server.hpp"

namespace lodge::testing {
namespace {

struct Script {
  enum class Kind { answer, lose_reply, lose_request };
  Kind kind = Kind::answer;
  bool reads_too = false;
  Reply reply{};
};

reference::ServerRules rules_of(std::map<std::string, std::string> tokens) {
  reference::ServerRules rules;
  for (auto& [token, person] : tokens) rules.tokens.emplace(token, std::move(person));
  return rules;
}

std::string problem_body(int status) {
  return nlohmann::json{{"title", "Scripted by the test"}, {"status", status}}.dump();
}

Change change_of(const reference::Effect& effect) {
  Change change{.number = effect.sequence,
                .at = effect.at,
                .record = effect.record,
                .removed = !effect.after,
                .by = effect.by,
                .key = effect.key};
  if (!change.removed) change.content = nlohmann::json::parse(*effect.body);
  return change;
}

}  // namespace

struct Server::Impl {
  reference::FormsServer server;
  std::deque<Script> scripts{};

  std::optional<Script> take(const Request& request) {
    const auto fits = [&](const Script& one) {
      return one.reads_too || request.method != Method::get;
    };
    const auto found = std::ranges::find_if(scripts, fits);
    if (found == scripts.end()) return std::nullopt;
    Script script = std::move(*found);
    scripts.erase(found);
    return script;
  }
};

Server::Server(std::map<std::string, std::string> tokens)
    : impl_(new Impl{reference::FormsServer(rules_of(std::move(tokens)))}) {}

Server::~Server() = default;

Reply Server::handle(const Request& request, Time now) {
  const auto script = impl_->take(request);
  if (!script) return impl_->server.handle(request, now);
  switch (script->kind) {
    case Script::Kind::answer:
      break;
    case Script::Kind::lose_reply:
      impl_->server.handle(request, now);
      return {.error = TransportError::cut, .departures = 1};
    case Script::Kind::lose_request:
      return {.error = TransportError::timeout, .departures = 1};
  }
  return script->reply;
}

void Server::answer_next(int status, std::vector<Header> headers, std::string body) {
  if (body.empty() && status >= 400) {
    body = problem_body(status);
    if (!header(headers, "Content-Type")) {
      headers.push_back({"Content-Type", "application/problem+json"});
    }
  }
  Reply reply{.departures = 1, .status = status};
  reply.headers = std::move(headers);
  reply.body = std::move(body);
  impl_->scripts.push_back({.reply = std::move(reply)});
}

void Server::answer_anything_next(Reply reply) {
  impl_->scripts.push_back({.reads_too = true, .reply = std::move(reply)});
}

void Server::lose_next_reply() { impl_->scripts.push_back({.kind = Script::Kind::lose_reply}); }

void Server::lose_next_request() { impl_->scripts.push_back({.kind = Script::Kind::lose_request}); }

void Server::drop_scripts() { impl_->scripts.clear(); }

bool Server::has_scripts() const { return !impl_->scripts.empty(); }

Version Server::edit(const RecordId& record, const nlohmann::json& content, Time now) {
  return Version{impl_->server.edit(record, content, now)};
}

bool Server::remove(const RecordId& record, Time now) { return impl_->server.remove(record, now); }

void Server::forget_keys() { impl_->server.forget_keys(); }

std::optional<nlohmann::json> Server::content(const RecordId& record) const {
  const reference::ServerRecord* found = impl_->server.find(record);
  if (!found || !found->tag) return std::nullopt;
  return nlohmann::json::parse(*found->content);
}

std::optional<Version> Server::version(const RecordId& record) const {
  const reference::ServerRecord* found = impl_->server.find(record);
  if (!found || !found->tag) return std::nullopt;
  return Version{*found->tag};
}

std::vector<Change> Server::changes() const {
  std::vector<Change> all;
  for (const auto& effect : impl_->server.ledger().effects()) all.push_back(change_of(effect));
  return all;
}

std::vector<Change> Server::changes(const RecordId& record) const {
  std::vector<Change> some;
  for (const auto* effect : impl_->server.ledger().of_record(record)) {
    some.push_back(change_of(*effect));
  }
  return some;
}

int Server::requests() const { return static_cast<int>(impl_->server.ledger().tally.requests); }

}  // namespace lodge::testing
