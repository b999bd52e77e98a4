#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/time.hpp"

namespace lodge {

/// Sixteen bytes of a UUID (RFC 9562), most significant byte first.
using UuidBytes = std::array<std::uint8_t, 16>;

/// Ten random bytes, the share of chance in a UUIDv7.
using UuidChance = std::array<std::uint8_t, 10>;

/// A UUID of version 7 (RFC 9562 §5.7): 48 bits of `at` in milliseconds, then chance.
UuidBytes make_uuid_v7(Time at, const UuidChance& chance);

/// The canonical form, 36 characters in lower case: "0190f3a2-...".
std::string uuid_text(const UuidBytes& bytes);

/// Reads the canonical form, either case. Empty when `text` is anything else.
std::optional<UuidBytes> parse_uuid(std::string_view text);

/// An identifier that cannot be mistaken for one of another kind.
template <class Tag>
struct Id {
  UuidBytes bytes{};

  static std::optional<Id> parse(std::string_view text) {
    const auto parsed = parse_uuid(text);
    if (!parsed) return std::nullopt;
    return Id{*parsed};
  }

  [[nodiscard]] std::string text() const { return uuid_text(bytes); }
  auto operator<=>(const Id&) const = default;
};

/// Names a submission for ever; a draft already carries the id of the submission it will become.
using SubmissionId = Id<struct SubmissionTag>;

/// The idempotency key of one request (wire protocol, "keys").
using RequestKey = Id<struct RequestKeyTag>;

}  // namespace lodge
