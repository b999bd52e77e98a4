#include "queue/json/json_value.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

namespace lodge::queue {
namespace {

using nlohmann::json;

bool same_integer(const json& left, const json& right) {
  using Type = json::value_t;
  if (left.type() == right.type()) return left == right;
  // One is signed, the other is not: they hold the same number only where both are not negative.
  const bool left_signed = left.type() == Type::number_integer;
  return std::cmp_equal((left_signed ? left : right).get<std::int64_t>(),
                        (left_signed ? right : left).get<std::uint64_t>());
}

template <class Integer>
bool is_integer(double value, Integer integer, double beyond) {
  if (value != std::trunc(value) || value >= beyond || value < -beyond) return false;
  return std::cmp_equal(static_cast<Integer>(value), integer);
}

bool same_mixed(double value, const json& integer) {
  if (integer.is_number_unsigned()) {
    return value >= 0 && is_integer(value, integer.get<std::uint64_t>(), 0x1p64);
  }
  return is_integer(value, integer.get<std::int64_t>(), 0x1p63);
}

bool same_number(const json& left, const json& right) {
  if (left.is_number_float() && right.is_number_float()) {
    return std::equal_to<>()(left.get<double>(), right.get<double>());
  }
  if (left.is_number_float()) return same_mixed(left.get<double>(), right);
  if (right.is_number_float()) return same_mixed(right.get<double>(), left);
  return same_integer(left, right);
}

bool same_array(const json& left, const json& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), json_equal);
}

bool same_object(const json::object_t& left, const json::object_t& right) {
  return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
    return a.first == b.first && json_equal(a.second, b.second);
  });
}

}  // namespace

bool json_equal(const json& left, const json& right) {
  if (left.is_number() && right.is_number()) return same_number(left, right);
  if (left.type() != right.type()) return false;
  if (left.is_array()) return same_array(left, right);
  if (left.is_object()) {
    return same_object(left.get_ref<const json::object_t&>(),
                       right.get_ref<const json::object_t&>());
  }
  return left == right;
}

bool json_equal_ignoring(const json& left, const json& right,
                         const std::vector<std::string>& server_members) {
  if (server_members.empty() || !left.is_object() || !right.is_object()) {
    return json_equal(left, right);
  }
  const auto matters = [&](const auto& member) {
    return std::ranges::find(server_members, member.first) == server_members.end();
  };
  const auto& ours = left.get_ref<const json::object_t&>();
  const auto& theirs = right.get_ref<const json::object_t&>();
  if (std::ranges::count_if(ours, matters) != std::ranges::count_if(theirs, matters)) return false;
  return std::ranges::all_of(ours, [&](const auto& member) {
    if (!matters(member)) return true;
    const auto found = theirs.find(member.first);
    return found != theirs.end() && json_equal(member.second, found->second);
  });
}

std::string escape_pointer_token(std::string_view member) {
  std::string result;
  for (const char c : member) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace lodge::queue
