#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "client/testing/server/forms_server.hpp"

// The state as text. Records are not written: they follow from the ledger, row by row.

namespace lodge::reference {
namespace {

using nlohmann::json;

constexpr std::string_view format = "lodge forms-server 1";

std::int64_t milliseconds(Time at) { return at.time_since_epoch().count(); }
Time time_from(const json& value) { return Time(Duration(value.get<std::int64_t>())); }

json optional_text(const std::optional<std::string>& text) { return text ? json(*text) : json(); }

std::optional<std::string> optional_text(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

Method method_from(const json& value) {
  if (value == "PUT") return Method::put;
  if (value == "DELETE") return Method::del;
  throw std::invalid_argument("a stored method is neither PUT nor DELETE");
}

SharedText shared(const json& value) {
  return std::make_shared<const std::string>(value.get<std::string>());
}

json to_json(const Effect& effect) {
  return {{"at", milliseconds(effect.at)},
          {"by", effect.by},
          {"key", effect.key},
          {"method", name(effect.method)},
          {"collection", effect.record.collection},
          {"id", effect.record.key},
          {"before", optional_text(effect.before)},
          {"after", optional_text(effect.after)},
          {"body", *effect.body}};
}

Effect effect_from(const json& row) {
  return {.at = time_from(row.at("at")),
          .by = row.at("by"),
          .key = row.at("key"),
          .method = method_from(row.at("method")),
          .record = {row.at("collection"), row.at("id")},
          .before = optional_text(row.at("before")),
          .after = optional_text(row.at("after")),
          .body = shared(row.at("body"))};
}

// The body of a key that had an effect is in the ledger already.
json to_json(const KeyMemory::Name& name_of, const KeyMemory::Entry& entry) {
  json row = {{"by", name_of.first},          {"key", name_of.second},
              {"at", milliseconds(entry.at)}, {"method", name(entry.asked.method)},
              {"path", entry.asked.path},     {"precondition", entry.asked.precondition}};
  if (entry.effect != 0) {
    row["effect"] = entry.effect;
  } else {
    row["body"] = *entry.asked.body;
  }
  return row;
}

void restore_key(KeyMemory& keys, const Ledger& ledger, const json& row) {
  const std::uint64_t effect = row.value("effect", std::uint64_t{0});
  Asked asked{method_from(row.at("method")), row.at("path"), row.at("precondition"),
              effect != 0 ? ledger.effect(effect).body : shared(row.at("body"))};
  keys.remember({row.at("by"), row.at("key")}, std::move(asked), time_from(row.at("at"))).effect =
      effect;
}

json to_json(const Tally& tally) {
  return {{"requests", tally.requests},
          {"reads", tally.reads},
          {"replays", tally.replays},
          {"key_reuses", tally.key_reuses},
          {"refusals", tally.refusals}};
}

Tally tally_from(const json& row) {
  return {row.at("requests"), row.at("reads"), row.at("replays"), row.at("key_reuses"),
          row.at("refusals")};
}

// Oldest first, for expiry goes by the order of arrival.
std::vector<json> key_rows(const KeyMemory& keys) {
  std::vector<json> rows;
  for (const auto& [name_of, entry] : keys.entries()) rows.push_back(to_json(name_of, entry));
  std::ranges::stable_sort(rows, {}, [](const json& row) { return row["at"].get<std::int64_t>(); });
  return rows;
}

}  // namespace

std::string FormsServer::serialise() const {
  json effects = json::array();
  for (const Effect& effect : ledger_.effects()) effects.push_back(to_json(effect));
  return json{{"format", format},
              {"tally", to_json(ledger_.tally)},
              {"effects", std::move(effects)},
              {"keys", key_rows(keys_)}}
      .dump();
}

FormsServer FormsServer::restore(ServerRules rules, std::string_view state) {
  FormsServer server(std::move(rules));
  try {
    const json text = json::parse(state);
    if (text.at("format") != format) throw std::invalid_argument("not a forms server's state");
    server.ledger_.tally = tally_from(text.at("tally"));
    for (const json& row : text.at("effects")) server.commit(effect_from(row));
    for (const json& row : text.at("keys")) restore_key(server.keys_, server.ledger_, row);
  } catch (const json::exception& failure) {
    throw std::invalid_argument(std::string("not a forms server's state: ") + failure.what());
  } catch (const std::out_of_range&) {
    throw std::invalid_argument("not a forms server's state: a key names a row that is missing");
  }
  return server;
}

}  // namespace lodge::reference
