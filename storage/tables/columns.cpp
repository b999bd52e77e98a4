#include "storage/tables/columns.hpp"

#include <cstring>

namespace lodge::storage {

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
  return static_cast<int>(statement.integer(column));
}

void throw_unknown_word(std::string_view word) {
  throw Error(Errc::store_damaged, "The store holds the unknown word '" +
                                       std::string(word.substr(0, 40)) +
                                       "'. Restore the store from a backup.");
}

}  // namespace lodge::storage
