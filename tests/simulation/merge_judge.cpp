#include "simulation/merge_judge.hpp"

#include <set>

namespace lodge::test {

using nlohmann::json;

namespace {

std::set<std::string> members(std::initializer_list<const json*> objects) {
  std::set<std::string> names;
  for (const json* object : objects) {
    if (!object->is_object()) continue;
    for (const auto& item : object->items()) names.insert(item.key());
  }
  return names;
}

json at(const json& object, const std::string& name) {
  if (!object.is_object() || !object.contains(name)) return json(json::value_t::discarded);
  return object[name];
}

bool same(const json& left, const json& right) {
  if (left.is_discarded() || right.is_discarded()) {
    return left.is_discarded() && right.is_discarded();
  }
  return left == right;
}

std::optional<std::string> member_breach(const json& base, const json& ours, const json& before,
                                         const json& sent, ConflictPolicy policy,
                                         const std::string& path);

std::optional<std::string> value_breach(const json& base, const json& ours, const json& before,
                                        const json& sent, ConflictPolicy policy,
                                        const std::string& path) {
  if (ours.is_object() && before.is_object() && sent.is_object()) {
    return member_breach(base, ours, before, sent, policy, path);
  }
  const bool we_changed = !same(ours, base);
  const bool they_changed = !same(before, base);
  if (!they_changed || same(ours, before)) {
    if (same(sent, ours)) return std::nullopt;
    return path + ": our change is lost";
  }
  if (!we_changed) {
    if (same(sent, before)) return std::nullopt;
    return path + ": their change is lost";
  }
  if (policy == ConflictPolicy::ours && same(sent, ours)) return std::nullopt;
  if (policy == ConflictPolicy::theirs && same(sent, before)) return std::nullopt;
  return path + ": both changed it, and nobody was asked";
}

std::optional<std::string> member_breach(const json& base, const json& ours, const json& before,
                                         const json& sent, ConflictPolicy policy,
                                         const std::string& path) {
  for (const std::string& name : members({&base, &ours, &before, &sent})) {
    auto breach = value_breach(at(base, name), at(ours, name), at(before, name), at(sent, name),
                               policy, path + "/" + name);
    if (breach) return breach;
  }
  return std::nullopt;
}

}  // namespace

bool has_changes(const json& base, const json& ours, const json& there, ConflictPolicy policy) {
  if (ours == there) return true;
  bool all = true;
  for (const std::string& name : members({&base, &ours})) {
    const json mine = at(ours, name);
    const json old = at(base, name);
    if (same(mine, old)) continue;
    const json now = at(there, name);
    const bool arrived =
        mine.is_object() && now.is_object() ? has_changes(old, mine, now, policy) : same(mine, now);
    all = all && arrived;
  }
  return all || policy == ConflictPolicy::theirs;
}

std::optional<std::string> merge_breach(const json& base, const json& ours, const json& before,
                                        const json& sent, ConflictPolicy policy) {
  if (before.is_null()) {
    if (sent == ours) return std::nullopt;
    return "our text was changed without need";
  }
  return member_breach(base, ours, before, sent, policy, "");
}

}  // namespace lodge::test
