#include "storage/tables/contents.hpp"

#include <algorithm>
#include <cstring>

namespace lodge::storage {
namespace {

Digest digest_from(std::string_view blob) {
  Digest digest;
  if (blob.size() != digest.bytes.size())
    throw Error(Errc::store_damaged,
                "A digest in the store has the wrong size. Keep a copy of all its files, then "
                "restore a backup.");
  std::memcpy(digest.bytes.data(), blob.data(), blob.size());
  return digest;
}

constexpr const char* select_text = "SELECT digest, bytes FROM contents WHERE number = ?1";

Error no_such_content() {
  return {Errc::store_damaged,
          "A text that a row of the store names is not there. Keep a copy of all its files, then "
          "restore a backup."};
}

}  // namespace

ContentNumber add_content(Database& database, std::string_view bytes) {
  return add_content(database, bytes, digest_of(bytes));
}

ContentNumber add_content(Database& database, std::string_view bytes, const Digest& digest) {
  auto statement = database.use("INSERT INTO contents (digest, bytes) VALUES (?1, ?2)");
  statement->bind_blob(1, digest.bytes).bind_blob(2, bytes).step();
  auto& recall = database.recall();
  recall.content = database.last_rowid();
  recall.digest = digest;
  return recall.content;
}

std::string read_content(Database& database, ContentNumber number) {
  auto statement = database.use(select_text);
  statement->bind(1, number);
  if (!statement->step()) throw no_such_content();
  if (statement->is_null(1))
    throw Error(Errc::not_found, "This text was erased. Read in history() by whom and why.");
  std::string bytes(statement->blob(1));
  if (!(digest_of(bytes) == digest_from(statement->blob(0))))
    throw Error(Errc::store_damaged,
                "A text in the store does not match its digest: the disk or somebody changed it. "
                "It is not sent; restore a backup, or enter the form again.");
  return bytes;
}

std::optional<std::string> find_content(Database& database, ContentNumber number) {
  auto statement = database.use(select_text);
  statement->bind(1, number);
  if (!statement->step() || statement->is_null(1)) return std::nullopt;
  std::string bytes(statement->blob(1));
  if (!(digest_of(bytes) == digest_from(statement->blob(0)))) return std::nullopt;
  return bytes;
}

Digest content_digest(Database& database, ContentNumber number) {
  if (number == 0) return {};
  if (number == database.recall().content) return database.recall().digest;
  auto statement = database.use("SELECT digest FROM contents WHERE number = ?1");
  statement->bind(1, number);
  if (!statement->step()) throw no_such_content();
  return digest_from(statement->blob(0));
}

void erase_content(Database& database, ContentNumber number) {
  auto statement = database.use("UPDATE contents SET bytes = NULL WHERE number = ?1");
  statement->bind(1, number).step();
  if (database.changes() == 0) throw no_such_content();
}

}  // namespace lodge::storage
