#include "simulation/judge.hpp"

#include <algorithm>

#include "simulation/merge_judge.hpp"
#include "storage/store.hpp"
#include "support/raw_database.hpp"

namespace lodge::test {

namespace {

constexpr const char* select_submissions =
    "SELECT coalesce(json_group_array(json_object('id', hex(s.id), 'number', s.number, "
    "'collection', r.collection, 'key', r.key, 'place', s.place, 'operation', s.operation, "
    "'state', s.state, 'identity', t.identity, 'content', json(CAST(c.bytes AS TEXT)), "
    "'base', json(CAST(b.bytes AS TEXT)), 'base_version', coalesce(s.base_version, ''), "
    "'replaced_by', coalesce(hex(s.replaced_by), ''), 'evidence', coalesce(s.evidence, ''))), "
    "'[]') FROM submissions s JOIN records r ON r.number = s.record JOIN streams t "
    "ON t.number = s.stream LEFT JOIN contents c ON c.number = s.content LEFT JOIN contents b "
    "ON b.number = s.base_content";
constexpr const char* select_requests =
    "SELECT coalesce(json_group_array(json_object('id', hex(s.id), 'key', hex(q.key))), '[]') "
    "FROM (SELECT * FROM requests ORDER BY submission, number) q JOIN submissions s "
    "ON s.number = q.submission";
constexpr const char* select_records =
    "SELECT coalesce(json_group_array(json_object('collection', r.collection, 'key', r.key, "
    "'version', r.version, 'content', json(CAST(c.bytes AS TEXT)))), '[]') FROM records r "
    "JOIN contents c ON c.number = r.content WHERE r.version IS NOT NULL";

std::string uuid_of(std::string hex) {
  for (char& c : hex) c = static_cast<char>(std::tolower(c));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, "-");
  return hex;
}

}  // namespace

Judge::Judge(World& world) : world_(world) { read(); }

void Judge::read() {
  RawDatabase database(world_.store());
  for (const auto& each : nlohmann::json::parse(database.text(select_submissions))) {
    Row row;
    row.id = *SubmissionId::parse(uuid_of(each["id"]));
    row.number = each["number"];
    row.record = {each["collection"], each["key"]};
    row.place = each["place"];
    row.operation = each["operation"] == "put" ? Operation::put : Operation::remove;
    row.state = *parse_state(each["state"].get<std::string>());
    row.identity = each["identity"];
    row.content = each["content"];
    row.base = each["base"];
    row.base_version = each["base_version"];
    row.replaced_by = each["replaced_by"];
    row.evidence = each["evidence"];
    rows_.emplace(row.id, std::move(row));
  }
  read_requests(database.text(select_requests));
}

void Judge::read_requests(const std::string& text) {
  for (const auto& each : nlohmann::json::parse(text)) {
    const auto id = *SubmissionId::parse(uuid_of(each["id"]));
    const std::string key = uuid_of(each["key"]);
    of_key_[key] = id;
    Row& row = rows_.at(id);
    row.keys.push_back(key);
    for (const reference::Effect* effect : world_.network.server.ledger().of_key(key)) {
      row.effects.push_back(effect);
    }
    std::ranges::sort(row.effects, {},
                      &reference::Effect::sequence);  // a late arrival may be of any request
  }
}

void Judge::wrong(const Row& row, const std::string& sentence) {
  world_.trace.wrong(row.id.text() + " (" + row.record.key + ", place " +
                     std::to_string(row.place) + ", " + std::string(name(row.state)) +
                     "): " + sentence);
}

ConflictPolicy Judge::policy_of(const Row& row) const {
  return row.record.collection == "reports" ? world_.settings.reports_policy : ConflictPolicy::ask;
}

void Judge::look() {
  storage::Store store({.path = world_.store()});
  for (const std::string& sentence : store.broken_invariants()) world_.trace.wrong(sentence);
  check_accepted();
  check_final();
  check_keys();
}

void Judge::judge() {
  look();
  for (const auto& [id, row] : rows_) {
    check_once(row);
    check_merges(row);
    if (row.state == State::delivered) check_delivered(row);
  }
  check_settled();
  check_order();
  check_versions();
  count();
}

// P1, P3: what a call accepted is there, as it was.
void Judge::check_accepted() {
  for (const auto& [id, told] : world_.promises.accepted) {
    const auto found = rows_.find(id);
    if (found == rows_.end()) {
      world_.trace.wrong("accepted and gone: " + id.text());
      continue;
    }
    const Row& row = found->second;
    if (row.record != told.record || row.operation != told.operation ||
        row.identity != told.identity || row.content != told.content) {
      wrong(row, "it is not what was accepted");
    }
  }
}

void Judge::check_final() {
  for (const auto& [id, row] : rows_) {
    auto& final = world_.promises.final;
    if (const auto before = final.find(id); before != final.end() && before->second != row.state) {
      wrong(row, "final un-happened; it was " + std::string(name(before->second)));
    }
    if (is_final(row.state)) final[id] = row.state;
  }
}

// A request and its key are on disk before the first byte leaves, under the right name.
void Judge::check_keys() {
  for (const auto& [key, asked] : world_.network.asked) {
    const auto owner = of_key_.find(key);
    if (owner == of_key_.end()) {
      world_.trace.wrong("a request went out that the store does not know: " + asked.bytes);
      continue;
    }
    const Row& row = rows_.at(owner->second);
    if (!asked.identity.empty() && !asked.identity.ends_with("-" + row.identity)) {
      wrong(row, "it went out with " + asked.identity);
    }
  }
}

// P3: nothing ends without a word of somebody.
void Judge::check_settled() {
  for (const auto& [id, row] : rows_) {
    const bool by_word = world_.promises.given_up.contains(id);
    if (row.state == State::withdrawn && !by_word && policy_of(row) != ConflictPolicy::theirs) {
      wrong(row, "withdrawn, and nobody asked for it");
    }
    if (row.state == State::replaced && !by_word) wrong(row, "replaced, and nobody asked for it");
  }
}

// P4: one intent takes effect once.
void Judge::check_once(const Row& row) {
  for (std::size_t i = 1; i < row.effects.size(); ++i) {
    const reference::Effect& earlier = *row.effects[i - 1];
    const reference::Effect& later = *row.effects[i];
    if (is_excused(earlier, later)) continue;
    wrong(row, "it took effect twice: " + std::to_string(earlier.sequence) + " and " +
                   std::to_string(later.sequence));
  }
}

// A repeat cannot be told where the server forgot the key and the record was removed in between.
// Another request is opened after a check, when somebody changed what ours had made of the record.
bool Judge::is_excused(const reference::Effect& earlier, const reference::Effect& later) const {
  bool changed = false;
  bool removed = false;
  for (const reference::Effect* other : world_.network.server.ledger().of_record(earlier.record)) {
    if (other->sequence <= earlier.sequence || other->sequence >= later.sequence) continue;
    changed = true;
    removed = removed || !other->after;
  }
  if (earlier.key != later.key) return changed;
  bool forgotten =
      world_.settings.key_lifetime && later.at - earlier.at >= *world_.settings.key_lifetime;
  for (const std::size_t effects : world_.network.forgettings) {
    forgotten = forgotten || (effects >= earlier.sequence && effects < later.sequence);
  }
  return forgotten && removed;
}

// P6: order inside a record.
void Judge::check_order() {
  std::map<RecordId, std::int64_t> last;
  for (const reference::Effect& effect : world_.network.server.ledger().effects()) {
    const auto owner = of_key_.find(effect.key);
    if (owner == of_key_.end() || world_.network.late_effects.contains(effect.sequence)) continue;
    const Row& row = rows_.at(owner->second);
    if (effect.by != row.identity) wrong(row, "it took effect as " + effect.by);
    if (row.effects.front() != &effect) continue;
    std::int64_t& place = last[row.record];
    if (row.place < place) wrong(row, "it took effect after place " + std::to_string(place));
    place = std::max(place, row.place);
  }
}

// P5: delivered means that the server had it.
void Judge::check_delivered(const Row& row) {
  if (!was_at_server(row)) wrong(row, "the server never had it; evidence: " + row.evidence);
}

bool Judge::was_at_server(const Row& row) const {
  const auto effects = world_.network.server.ledger().of_record(row.record);
  if (row.operation == Operation::remove) {
    if (effects.empty()) return true;
    for (const reference::Effect* effect : effects) {
      if (!effect->after) return true;
    }
    return !effects.front()->before;  // it was not there before the first
  }
  for (const reference::Effect* effect : effects) {
    if (!effect->after) continue;
    const auto there = nlohmann::json::parse(*effect->body);
    if (has_changes(row.base, row.content, there, policy_of(row))) return true;
  }
  return false;
}

nlohmann::json Judge::content_before(const reference::Effect& effect) const {
  if (!effect.before) return nullptr;
  for (const reference::Effect* other : world_.network.server.ledger().of_record(effect.record)) {
    if (other->after == effect.before) return nlohmann::json::parse(*other->body);
  }
  return nullptr;
}

// P7: an effect keeps what others changed, and brings what we changed.
void Judge::check_merges(const Row& row) {
  for (const reference::Effect* effect : row.effects) {
    const nlohmann::json before = content_before(*effect);
    const ConflictPolicy policy = policy_of(row);
    if (!effect->after) {
      const bool seen = effect->before && row.base_version == *effect->before;
      if (!before.is_null() && before != row.base && !seen && policy != ConflictPolicy::ours) {
        wrong(row, "it removed what nobody had seen: " + before.dump());
      }
      continue;
    }
    const auto sent = nlohmann::json::parse(*effect->body);
    // A person settled a conflict with a copy that could not be shown.
    if (row.base.is_null() && effect->before && row.base_version == *effect->before) continue;
    if (sent != row.content) world_.counts.add(Kind::merged);
    if (const auto broken = merge_breach(row.base, row.content, before, sent, policy)) {
      wrong(row, *broken + "\n base " + row.base.dump() + "\n ours " + row.content.dump() +
                     "\n server " + before.dump() + "\n sent " + sent.dump());
    }
  }
}

// What the store calls the record's text at a version is what the server had under that tag.
void Judge::check_versions() {
  RawDatabase database(world_.store());
  for (const auto& each : nlohmann::json::parse(database.text(select_records))) {
    for (const reference::Effect& effect : world_.network.server.ledger().effects()) {
      if (!effect.after || *effect.after != each["version"]) continue;
      const auto there = nlohmann::json::parse(*effect.body);
      if (there != each["content"]) {
        world_.trace.wrong("version " + *effect.after + " is " + there.dump() +
                           ", and is kept as " + each["content"].dump());
      }
    }
  }
}

void Judge::count() {
  RawDatabase database(world_.store());
  const auto number = [&](const char* sql) {
    return static_cast<std::uint64_t>(database.number(sql));
  };
  Counts& counts = world_.counts;
  counts.add(Kind::conflicted, number("SELECT count(*) FROM history WHERE state = 'conflicted'"));
  counts.add(Kind::rejected, number("SELECT count(*) FROM history WHERE state = 'rejected'"));
  counts.add(Kind::replaced, number("SELECT count(*) FROM history WHERE state = 'replaced'"));
  counts.add(Kind::unconfirmed, number("SELECT count(*) FROM history WHERE state = 'unconfirmed'"));
  counts.add(Kind::late_success, number("SELECT count(*) FROM attempts WHERE outcome = 'late'"));
  counts.add(Kind::delivered_without_request,
             number("SELECT count(*) FROM submissions WHERE state = 'delivered' AND request = 0"));
  world_.trace.line("history head " + database.text("SELECT hex(hash) FROM history ORDER BY number "
                                                    "DESC LIMIT 1"));
}

}  // namespace lodge::test
