#include "lodge/id.hpp"

#include <algorithm>

#include "storage/records/hex.hpp"

namespace lodge {
namespace {

constexpr bool is_dash_place(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

}  // namespace

UuidBytes make_uuid_v7(Time at, const UuidChance& chance) {
  UuidBytes bytes{};
  const auto milliseconds = static_cast<std::uint64_t>(at.time_since_epoch().count());
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
  std::copy(chance.begin(), chance.end(), bytes.begin() + 6);
  bytes[6] = static_cast<std::uint8_t>(0x70U | (bytes[6] & 0x0fU));  // version 7
  bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3fU));  // variant of RFC 9562
  return bytes;
}

std::string uuid_text(const UuidBytes& bytes) {
  std::string text;
  text.reserve(36);
  for (const auto byte : bytes) {
    if (is_dash_place(text.size())) text += '-';
    append_hex(text, byte);
  }
  return text;
}

std::optional<UuidBytes> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  UuidBytes bytes{};
  std::size_t place = 0;
  for (auto& byte : bytes) {
    if (is_dash_place(place) && text[place++] != '-') return std::nullopt;
    const int high = hex_value(text[place]);
    const int low = hex_value(text[place + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<std::uint8_t>(high * 16 + low);
    place += 2;
  }
  return bytes;
}

}  // namespace lodge
