#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace lodge {

/// A SHA-256 digest (FIPS 180-4).
struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  [[nodiscard]] std::string hex() const;
  bool operator==(const Digest&) const = default;
};

}  // namespace lodge
