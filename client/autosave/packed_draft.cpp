#include "client/autosave/packed_draft.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "lodge/error.hpp"

namespace lodge::client {
namespace {

using nlohmann::json;
using Kind = json::value_t;

// A value is its kind, then: a number or truth as it lies in memory; a text as size and bytes; an
// array or object as count and values, of an object each after its name.
class Packer {
 public:
  Packer(std::string& bytes, std::size_t depth_limit) : bytes_(bytes), depth_limit_(depth_limit) {}

  // The recursion ends at the depth limit.
  void put(const json& value, std::size_t depth) {
    put_plain(value.type());
    switch (value.type()) {
      case Kind::object:
        check(depth);
        put_plain(value.size());
        for (const auto& [name, member] : value.get_ref<const json::object_t&>()) {
          put_text(name);
          put(member, depth + 1);
        }
        return;
      case Kind::array:
        check(depth);
        put_plain(value.size());
        for (const json& element : value) put(element, depth + 1);
        return;
      case Kind::string:
        return put_text(value.get_ref<const std::string&>());
      case Kind::boolean:
        return put_plain(value.get<bool>());
      case Kind::number_integer:
        return put_plain(value.get<std::int64_t>());
      case Kind::number_unsigned:
        return put_plain(value.get<std::uint64_t>());
      case Kind::number_float:
        return put_plain(value.get<double>());
      case Kind::binary:
        return put_binary(value.get_binary());
      case Kind::null:
      case Kind::discarded:
        return;
    }
  }

 private:
  void check(std::size_t depth) const {
    if (depth <= depth_limit_) return;
    throw Error(Errc::invalid_content, "The form is nested deeper than " +
                                           std::to_string(depth_limit_) + " levels. Flatten it.");
  }

  template <class Plain>
  void put_plain(Plain value) {
    static_assert(std::is_trivially_copyable_v<Plain>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void put_text(std::string_view text) {
    put_plain(text.size());
    bytes_.append(text);
  }

  void put_binary(const json::binary_t& binary) {
    put_plain(binary.has_subtype());
    put_plain(binary.has_subtype() ? std::uint64_t{binary.subtype()} : 0U);
    put_text({reinterpret_cast<const char*>(binary.data()), binary.size()});
  }

  std::string& bytes_;
  const std::size_t depth_limit_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  json take() {
    const auto kind = take_plain<Kind>();
    switch (kind) {
      case Kind::object:
        return take_object();
      case Kind::array:
        return take_array();
      case Kind::string:
        return std::string(take_text());
      case Kind::boolean:
        return take_plain<bool>();
      case Kind::number_integer:
        return take_plain<std::int64_t>();
      case Kind::number_unsigned:
        return take_plain<std::uint64_t>();
      case Kind::number_float:
        return take_plain<double>();
      case Kind::binary:
        return take_binary();
      case Kind::null:
      case Kind::discarded:
        break;
    }
    return json(kind);
  }

 private:
  template <class Plain>
  Plain take_plain() {
    Plain value{};
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }

  std::string_view take_text() {
    const auto size = take_plain<std::size_t>();
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }

  json take_object() {
    json made = json::object();
    auto& members = made.get_ref<json::object_t&>();
    for (auto left = take_plain<std::size_t>(); left > 0; --left) {
      std::string name(take_text());
      members.emplace_hint(members.end(), std::move(name), take());
    }
    return made;
  }

  json take_array() {
    json made = json::array();
    auto& elements = made.get_ref<json::array_t&>();
    const auto count = take_plain<std::size_t>();
    elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i) elements.push_back(take());
    return made;
  }

  json take_binary() {
    const bool has_subtype = take_plain<bool>();
    const auto subtype = take_plain<std::uint64_t>();
    const std::string_view text = take_text();
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    return has_subtype ? json::binary(bytes, subtype) : json::binary(bytes);
  }

  std::string_view bytes_;
};

}  // namespace

Draft without_content(const Draft& draft) {
  return {.id = draft.id,
          .record = draft.record,
          .content = nullptr,
          .identity = draft.identity,
          .lane = draft.lane,
          .revision = draft.revision,
          .base = draft.base,
          .base_version = draft.base_version,
          .after = draft.after,
          .amends = draft.amends,
          .stale = draft.stale,
          .saved_at = draft.saved_at,
          .base_content = draft.base_content,
          .session = draft.session};
}

PackedDraft pack(const Draft& draft, std::size_t depth_limit, std::size_t expected) {
  PackedDraft packed{.head = without_content(draft)};
  packed.content.reserve(expected);
  Packer(packed.content, depth_limit).put(draft.content, 1);
  return packed;
}

Draft unpack(const PackedDraft& packed) {
  Draft draft = without_content(packed.head);
  draft.content = Unpacker(packed.content).take();
  return draft;
}

}  // namespace lodge::client
