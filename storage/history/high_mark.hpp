#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/digest.hpp"

namespace lodge::storage {

/// What stands beside a store to tell how far its history had come: a witness against a log that
/// was lost, and against an older copy put in the store's place. It is never ahead of what is
/// durable.
struct HighMark {
  std::string store{};      ///< the store's id, a word without spaces
  std::int64_t number = 0;  ///< of a history entry
  Digest hash{};            ///< of that entry
  bool operator==(const HighMark&) const = default;
};

/// Where the mark of the store at that path is.
std::string mark_path(const std::string& store);

/// As it stands in the file: four lines and the SHA-256 of these.
std::string mark_text(const HighMark& mark);

/// Empty for anything but a whole mark: torn, empty, noise.
std::optional<HighMark> parse_mark(std::string_view text);

/// Empty when there is none that can be read, which means: nothing is known. Never follows a link.
std::optional<HighMark> read_mark(const std::string& path);

/// Puts it in the place of the one before, as a whole; nothing is synced. False when that failed;
/// the one before then stays. The caller holds the write lock.
bool replace_mark(const std::string& path, const HighMark& mark) noexcept;

}  // namespace lodge::storage
