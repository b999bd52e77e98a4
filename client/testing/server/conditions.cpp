#include "client/testing/server/conditions.hpp"

#include <nlohmann/json.hpp>

#include "client/testing/server/problem.hpp"

namespace lodge::reference {
namespace {

// Field values may hold bytes above ASCII; the text is stored in JSON and must not.
void append_ascii(std::string& text, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else {
      text.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
    }
  }
}

// Reads one field into `condition`. False when it is malformed.
bool read_field(const std::vector<Header>& headers, std::string_view name,
                std::optional<TagCondition>& condition, std::string& text) {
  const auto field = joined_field(headers, name);
  if (!field) return true;
  condition = parse_tags(*field);
  text.append(name).append(": ");
  append_ascii(text, *field);
  text.push_back('\n');
  return condition.has_value();
}

nlohmann::json state_of(const ServerRecord* record) {
  const bool present = record && record->tag;
  return {{"current_version", present ? nlohmann::json(*record->tag) : nlohmann::json(nullptr)},
          {"deleted", record && !record->tag}};
}

Reply mismatch(std::string_view detail, const ServerRecord* record) {
  return problem(Problem::version_mismatch, detail, state_of(record));
}

std::optional<Reply> refuse_change(const Conditions& conditions, const ServerRecord& record) {
  if (conditions.if_match && !strongly_matches(*conditions.if_match, *record.tag)) {
    return mismatch("If-Match names another version than the current one", &record);
  }
  if (conditions.if_none_match && weakly_matches(*conditions.if_none_match, *record.tag)) {
    return mismatch("If-None-Match rules out the current version", &record);
  }
  if (!conditions.if_match) {
    return problem(Problem::need_precondition, "Name the version to replace with If-Match",
                   state_of(&record));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Conditions> read_conditions(const std::vector<Header>& headers) {
  Conditions conditions;
  const bool fine = read_field(headers, "If-Match", conditions.if_match, conditions.text) &&
                    read_field(headers, "If-None-Match", conditions.if_none_match, conditions.text);
  return fine ? std::optional(std::move(conditions)) : std::nullopt;
}

std::optional<Reply> refuse_put(const Conditions& conditions, const ServerRecord* record) {
  if (record && record->tag) return refuse_change(conditions, *record);
  if (conditions.if_match) return mismatch("If-Match names a version, and there is none", record);
  const bool knows_it_is_gone = conditions.if_none_match && conditions.if_none_match->any;
  if (record && !knows_it_is_gone) {
    return problem(Problem::need_precondition,
                   "The record was deleted; create it again with If-None-Match: *",
                   state_of(record));
  }
  return std::nullopt;
}

std::optional<Reply> refuse_delete(const Conditions& conditions, const ServerRecord* record) {
  if (!record) return problem(Problem::unknown_path, "The record never existed");
  // Gone wins over a stale If-Match (RFC 9110 §13.2.1): what the client wants is already so.
  if (!record->tag) {
    return problem(Problem::deleted, "The record was deleted before",
                   {{"deleted_at", rfc3339(record->changed_at)}});
  }
  return refuse_change(conditions, *record);
}

}  // namespace lodge::reference
