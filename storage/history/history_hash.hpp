#pragma once

#include <cstdint>
#include <string_view>

#include "lodge/digest.hpp"

namespace lodge::storage {

/// What a history entry's hash covers, as it stands in the row. Texts by their digests (32 bytes),
/// ids by their 16 bytes; empty where there is none.
struct HashedEntry {
  std::int64_t number = 0;
  std::int64_t at = 0;
  std::string_view who{};
  std::string_view action{};
  std::string_view why{};
  std::string_view collection{};
  std::string_view key{};
  std::string_view submission{};
  std::string_view state{};
  std::string_view version{};
  std::string_view before{};
  std::string_view after{};
};

/// SHA-256 (FIPS 180-4) over the previous entry's hash (32 zero bytes before the first), then each
/// field in the order above: its length in bytes as 32 bits, then its bytes; numbers as 64 bits.
/// All numbers most significant byte first.
Digest entry_hash(const Digest& previous, const HashedEntry& entry);

}  // namespace lodge::storage
