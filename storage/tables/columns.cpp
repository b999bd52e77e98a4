#include "storage/tables/columns.hpp"

#include <cstring>

namespace lodge::storage {
namespace {

[[noreturn]] void throw_out_of_range() {
  throw Error(
      Errc::store_damaged,
      "A number in the store is far beyond what lodge writes. Keep a copy of all its files, "
      "then restore a backup.");
}

}  // namespace

Statement& bind_time(Statement& statement, int index, const std::optional<Time>& time) {
  return time ? statement.bind(index, millis(*time)) : statement.bind_null(index);
}

Statement& bind_content(Statement& statement, int index, ContentNumber content) {
  return content != 0 ? statement.bind(index, content) : statement.bind_null(index);
}

Statement& bind_version(Statement& statement, int index, const std::optional<Version>& version) {
  return version ? statement.bind(index, std::string_view(version->tag))
                 : statement.bind_null(index);
}

Statement& bind_digest(Statement& statement, int index, const Digest& digest) {
  return statement.bind_blob(index, std::span<const std::uint8_t>(digest.bytes));
}

std::string string_column(const Statement& statement, int column) {
  return std::string(statement.text(column));
}

std::optional<Time> time_column(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return time_of(statement.integer(column));
}

std::optional<Version> version_column(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return Version{string_column(statement, column)};
}

Digest digest_column(const Statement& statement, int column) {
  Digest digest;
  const std::string_view bytes = statement.blob(column);
  if (bytes.size() == digest.bytes.size()) {
    std::memcpy(digest.bytes.data(), bytes.data(), bytes.size());
  }
  return digest;
}

UuidBytes uuid_column(const Statement& statement, int column) {
  UuidBytes uuid{};
  const std::string_view bytes = statement.blob(column);
  if (bytes.size() != uuid.size()) {
    throw Error(Errc::store_damaged,
                "An id in the store is not 16 bytes long. Restore the store from a backup.");
  }
  std::memcpy(uuid.data(), bytes.data(), bytes.size());
  return uuid;
}

int int_column(const Statement& statement, int column) {
  constexpr std::int64_t farthest = 1 << 30;
  const std::int64_t value = statement.integer(column);
  if (value < -farthest || value > farthest) throw_out_of_range();
  return static_cast<int>(value);
}

std::int64_t count_column(const Statement& statement, int column) {
  constexpr std::int64_t most = std::int64_t{1} << 53;
  const std::int64_t count = statement.integer(column);
  if (count < 0 || count > most) throw_out_of_range();
  return count;
}

void check_base(BaseKind kind, bool has_version, bool has_submission) {
  if ((kind == BaseKind::version) == has_version && (kind == BaseKind::after) == has_submission)
    return;
  throw Error(
      Errc::store_damaged,
      "A row of the store does not say what its text was written on. Keep a copy of all its "
      "files, then restore a backup.");
}

void throw_unknown_word(std::string_view word) {
  throw Error(Errc::store_damaged, "The store holds the unknown word '" +
                                       std::string(word.substr(0, 40)) +
                                       "'. Restore the store from a backup.");
}

}  // namespace lodge::storage
