#include "client/testing/server/forms_server.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "client/testing/server/problem.hpp"
#include "client/testing/server/target.hpp"

namespace lodge::reference {
namespace {

Reply plain(int status) { return {.departures = 1, .status = status, .loopback = true}; }

// FNV-1a. Not a secret: it only has to differ when the content or the hour differs.
std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

// The row's number alone would repeat after an older state was restored; with hour and content
// mixed in, an equal tag means equal bytes.
std::string make_tag(std::uint64_t sequence, Time now, std::string_view content) {
  const auto hash = mix(0xcbf29ce484222325U, std::to_string(now.time_since_epoch().count()));
  char hex[17]{};
  std::to_chars(hex, hex + 16, mix(hash, content), 16);
  return "\"" + std::to_string(sequence) + "-" + hex + "\"";
}

// What a success says, from the ledger alone: the first answer and every replay are the same.
Reply receipt(const Effect& effect) {
  const bool created = effect.method == Method::put && !effect.before;
  Reply reply = plain(created ? 201 : 204);
  if (effect.after) reply.headers.push_back({"ETag", *effect.after});
  return reply;
}

bool is_object(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' && nlohmann::json::accept(text);
}

std::optional<Reply> refuse_body(const Request& request) {
  if (request.method == Method::del) {
    if (request.body.empty()) return std::nullopt;
    return problem(Problem::malformed, "A DELETE carries no content");
  }
  const auto coding = header(request.headers, "Content-Encoding");
  if (coding && *coding != "identity") {
    Reply reply = problem(Problem::media_type, "Send the document without content coding");
    reply.headers.push_back({"Accept-Encoding", "identity"});
    return reply;
  }
  if (!is_json(header(request.headers, "Content-Type").value_or(""))) {
    return problem(Problem::media_type, "Documents are application/json");
  }
  if (!is_object(request.body)) return problem(Problem::malformed, "The body is not a JSON object");
  return std::nullopt;
}

SharedText no_text() {
  static const auto text = std::make_shared<const std::string>();
  return text;
}

}  // namespace

struct FormsServer::Write {
  std::string who{};
  RecordId record{};
  Conditions conditions{};
  Asked asked{};
};

FormsServer::FormsServer(ServerRules rules)
    : rules_(std::move(rules)), keys_(rules_.key_lifetime) {}

Reply FormsServer::handle(const Request& request, Time now) {
  ++ledger_.tally.requests;
  if (request.method == Method::get) ++ledger_.tally.reads;
  Reply reply = answer(request, now);
  if (reply.status >= 400) ++ledger_.tally.refusals;
  return reply;
}

Reply FormsServer::answer(const Request& request, Time now) {
  auto who = person(request);
  if (!who) {
    Reply reply = problem(Problem::unauthorised, "Send a bearer token that this server knows");
    reply.headers.push_back({"WWW-Authenticate", "Bearer realm=\"forms\""});
    return reply;
  }
  Target target = parse_target(request.url, rules_.base_path);
  switch (target.kind) {
    case Target::Kind::unknown:
      return problem(Problem::unknown_path, "No resource has this URL");
    case Target::Kind::malformed:
      return problem(Problem::malformed, "The URL cannot be the name of a record");
    case Target::Kind::root:
      if (request.method == Method::get) return overview();
      return problem(Problem::method_not_allowed, "Records are below this URL");
    case Target::Kind::record:
      break;
  }
  if (!has_collection(target.record.collection)) {
    return problem(Problem::unknown_collection, "This server does not have that collection");
  }
  if (request.method == Method::get) return read(request, target.record);
  return write(request, std::move(target.record), target.path, std::move(*who), now);
}

std::optional<std::string> FormsServer::person(const Request& request) const {
  if (rules_.tokens.empty()) return "";
  const auto token = bearer_token(header(request.headers, "Authorization").value_or(""));
  const auto found = token ? rules_.tokens.find(*token) : rules_.tokens.end();
  if (found == rules_.tokens.end()) return std::nullopt;
  return found->second;
}

bool FormsServer::has_collection(const std::string& name) const {
  return rules_.collections.empty() || std::ranges::count(rules_.collections, name) > 0;
}

Reply FormsServer::overview() const {
  const auto present = std::ranges::count_if(
      records_, [](const auto& entry) { return entry.second.tag.has_value(); });
  Reply reply = plain(200);
  reply.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  reply.body = nlohmann::json{{"records", present}, {"effects", ledger_.effects().size()}}.dump();
  return reply;
}

Reply FormsServer::read(const Request& request, const RecordId& record) {
  const ServerRecord* found = find(record);
  if (!found) return problem(Problem::unknown_path, "The record never existed");
  if (!found->tag) {
    return problem(Problem::deleted, "The record was deleted",
                   {{"deleted_at", rfc3339(found->changed_at)}});
  }
  const auto conditions = read_conditions(request.headers);
  if (!conditions) return problem(Problem::malformed, "If-Match or If-None-Match is malformed");
  if (conditions->if_match && !strongly_matches(*conditions->if_match, *found->tag)) {
    return problem(Problem::version_mismatch, "If-Match names another version",
                   {{"current_version", *found->tag}, {"deleted", false}});
  }
  const bool known =
      conditions->if_none_match && weakly_matches(*conditions->if_none_match, *found->tag);
  Reply reply = plain(known ? 304 : 200);
  reply.headers = {{"ETag", *found->tag}, {"Cache-Control", "no-cache"}};
  if (known) return reply;
  reply.headers.push_back({"Content-Type", "application/json"});
  reply.body = *found->content;
  return reply;
}

Reply FormsServer::write(const Request& request, RecordId record, std::string_view path,
                         std::string who, Time now) {
  if (request.body.size() > rules_.body_limit) {
    return problem(Problem::too_large, "The document exceeds this server's limit");
  }
  auto conditions = read_conditions(request.headers);
  if (!conditions) return problem(Problem::malformed, "If-Match or If-None-Match is malformed");
  const auto key_field = joined_field(request.headers, "Idempotency-Key");
  const auto key = key_field ? parse_key(*key_field) : std::nullopt;
  if (key_field && !key) return problem(Problem::malformed, "Idempotency-Key is malformed");

  auto body = request.body.empty() ? no_text() : std::make_shared<const std::string>(request.body);
  Asked asked{request.method, std::string(path), conditions->text, std::move(body)};
  Write write{std::move(who), std::move(record), std::move(*conditions), std::move(asked)};
  if (!key) {
    auto refusal = refuse_body(request);
    return refusal ? *std::move(refusal) : write_now(write, "", now);
  }
  Reply reply = write_once(request, write, *key, now);
  reply.headers.push_back({"Idempotency-Key", *key_field});
  return reply;
}

Reply FormsServer::write_once(const Request& request, Write& write, const std::string& key,
                              Time now) {
  KeyMemory::Name name(write.who, key);
  KeyMemory::Entry* entry = keys_.find(name, now);
  if (entry && !(entry->asked == write.asked)) {
    ++ledger_.tally.key_reuses;
    return problem(Problem::key_reused, "This Idempotency-Key stands for another request");
  }
  if (entry && entry->effect != 0) {
    ++ledger_.tally.replays;
    Reply reply = receipt(ledger_.effect(entry->effect));
    reply.headers.push_back({"Idempotency-Replayed", "true"});
    return reply;
  }
  if (auto refusal = refuse_body(request)) return *std::move(refusal);
  if (!entry) entry = &keys_.remember(std::move(name), write.asked, now);
  const auto before = ledger_.effects().size();
  Reply reply = write_now(write, key, now);
  if (ledger_.effects().size() > before) entry->effect = ledger_.effects().back().sequence;
  return reply;
}

Reply FormsServer::write_now(const Write& write, std::string key, Time now) {
  const ServerRecord* current = find(write.record);
  const bool put = write.asked.method == Method::put;
  auto refusal =
      put ? refuse_put(write.conditions, current) : refuse_delete(write.conditions, current);
  if (refusal) return *std::move(refusal);
  Effect effect{.at = now, .by = write.who, .key = std::move(key), .method = write.asked.method};
  effect.record = write.record;
  if (current) effect.before = current->tag;
  if (put) effect.after = make_tag(ledger_.effects().size() + 1, now, *write.asked.body);
  effect.body = write.asked.body;
  return receipt(commit(std::move(effect)));
}

const Effect& FormsServer::commit(Effect effect) {
  const Effect& row = ledger_.append(std::move(effect));
  apply(row);
  return row;
}

void FormsServer::apply(const Effect& effect) {
  ServerRecord& record = records_[effect.record];
  record.tag = effect.after;
  record.content = effect.after ? effect.body : nullptr;
  record.changed_at = effect.at;
}

const ServerRecord* FormsServer::find(const RecordId& record) const {
  const auto found = records_.find(record);
  return found == records_.end() ? nullptr : &found->second;
}

std::string FormsServer::edit(const RecordId& record, const nlohmann::json& content, Time now) {
  if (!content.is_object()) throw std::invalid_argument("a form is a JSON object");
  if (!has_collection(record.collection)) throw std::invalid_argument("no such collection");
  const ServerRecord* current = find(record);
  Write write{.who = std::string(somebody_else), .record = record};
  write.asked.body = std::make_shared<const std::string>(content.dump());
  const TagCondition newest{.tags = {current && current->tag ? *current->tag : ""}};
  if (current && current->tag) {
    write.conditions.if_match = newest;
  } else {
    write.conditions.if_none_match = TagCondition{.any = true};
  }
  const Reply reply = write_now(write, "", now);
  if (reply.status >= 300) throw std::invalid_argument("the server's own rules refuse this edit");
  return *find(record)->tag;
}

bool FormsServer::remove(const RecordId& record, Time now) {
  const ServerRecord* current = find(record);
  if (!current || !current->tag) return false;
  Write write{.who = std::string(somebody_else), .record = record};
  write.asked.method = Method::del;
  write.asked.body = no_text();
  write.conditions.if_match = TagCondition{.tags = {*current->tag}};
  return write_now(write, "", now).status == 204;
}

}  // namespace lodge::reference
