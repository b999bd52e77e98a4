#include "benchmark/store/bare_store.hpp"

#include <sqlite3.h>

#include <chrono>
#include <random>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace lodge::benchmark {
namespace {

// lodge's tables and indexes as far as submit and save touch them, without their rules.
constexpr const char* tables = R"sql(
CREATE TABLE contents (number INTEGER PRIMARY KEY, digest BLOB NOT NULL, bytes BLOB) STRICT;
CREATE TABLE records (number INTEGER PRIMARY KEY, collection TEXT, key TEXT, presence TEXT,
  version TEXT, content INTEGER, updated_at INTEGER, deleted_at INTEGER, next_place INTEGER,
  UNIQUE (collection, key)) STRICT;
CREATE TABLE streams (number INTEGER PRIMARY KEY, collection TEXT, identity TEXT, lane TEXT,
  pending INTEGER, bytes INTEGER, UNIQUE (collection, identity, lane)) STRICT;
INSERT INTO streams VALUES (1, 'availability', 'ada', 'normal', 0, 0);
CREATE TABLE drafts (id BLOB PRIMARY KEY, record INTEGER, identity TEXT, lane TEXT,
  revision INTEGER, session INTEGER, bytes BLOB, digest BLOB, base TEXT, saved_at INTEGER,
  logged INTEGER, logged_at INTEGER, UNIQUE (record, identity, lane)) STRICT, WITHOUT ROWID;
CREATE TABLE submissions (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record INTEGER,
  place INTEGER, stream INTEGER, operation TEXT, content INTEGER, size INTEGER, base TEXT,
  base_version TEXT, base_content INTEGER, after BLOB, replaces BLOB, replaced_by BLOB,
  submitted_at INTEGER, effective_at INTEGER, reason TEXT, state TEXT, doubt INTEGER,
  ready INTEGER, step TEXT, accepted INTEGER, request INTEGER, tries INTEGER, rounds INTEGER,
  due_at INTEGER, problem TEXT, problem_status INTEGER, settled_at INTEGER) STRICT;
CREATE UNIQUE INDEX submissions_in_order ON submissions (record, place) WHERE state = 'pending';
CREATE INDEX submissions_due ON submissions (stream, due_at, number) WHERE ready = 1;
CREATE INDEX submissions_unsettled ON submissions (number) WHERE state = 'pending';
CREATE TABLE history (number INTEGER PRIMARY KEY, at INTEGER, who TEXT, action TEXT, why TEXT,
  record INTEGER, submission BLOB, state TEXT, version TEXT, before INTEGER, after INTEGER,
  hash BLOB) STRICT;
CREATE INDEX history_of_record ON history (record, number) WHERE record IS NOT NULL;
CREATE INDEX history_of_submission ON history (submission, number) WHERE submission IS NOT NULL;
)sql";

constexpr std::string_view digest = "0123456789abcdef0123456789abcdef";

[[noreturn]] void fail(sqlite3* handle) { throw std::runtime_error(sqlite3_errmsg(handle)); }

void run(sqlite3* handle, const char* sql) {
  if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle);
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct BareStore::Impl {
  enum Which { begin, content, record, submission, stream, history, draft, redraft, commit };
  sqlite3* handle = nullptr;
  std::vector<sqlite3_stmt*> statements{};
  std::mt19937_64 random{1};
  std::int64_t number = 0;
  std::int64_t texts = 0;
  std::int64_t entries = 0;

  void prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
      fail(handle);
    statements.push_back(made);
  }
  sqlite3_stmt* at(Which which) { return statements[static_cast<std::size_t>(which)]; }
  void number_at(Which which, int place, std::int64_t value) {
    sqlite3_bind_int64(at(which), place, value);
  }
  void blob_at(Which which, int place, std::string_view bytes) {
    sqlite3_bind_blob64(at(which), place, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
  void text_at(Which which, int place, std::string_view text) {
    sqlite3_bind_text64(at(which), place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void step(Which which) {
    const int code = sqlite3_step(at(which));
    if (code != SQLITE_DONE && code != SQLITE_ROW) fail(handle);
    sqlite3_reset(at(which));
  }
  // Ordered by time with chance behind, as version 7 is.
  std::string id() {
    std::string id(16, '\0');
    const std::int64_t time = now();
    for (int i = 0; i < 6; ++i)
      id[static_cast<std::size_t>(i)] = static_cast<char>(time >> (40 - 8 * i));
    std::uint64_t bits = random();
    for (std::size_t i = 6; i < 14; ++i, bits >>= 8) id[i] = static_cast<char>(bits);
    return id;
  }
  std::string key(const std::string& id) {
    std::string key;
    for (const char c : id) {
      key += "0123456789abcdef"[(static_cast<unsigned char>(c) >> 4U)];
      key += "0123456789abcdef"[(static_cast<unsigned char>(c) & 15U)];
    }
    return key + "----";
  }
  void add_text(std::string_view text) {
    blob_at(content, 1, digest);
    blob_at(content, 2, text);
    step(content);
    ++texts;
  }
  void add_entry(std::string_view id, std::string_view action, std::int64_t record_number) {
    number_at(history, 1, ++entries);
    number_at(history, 2, now());
    text_at(history, 3, action);
    number_at(history, 4, record_number);
    blob_at(history, 5, id);
    number_at(history, 6, texts);
    blob_at(history, 7, digest);
    step(history);
  }
  void submit(std::string_view text) {
    const std::string new_id = id();
    const std::string new_key = key(new_id);
    add_text(text);
    text_at(record, 1, new_key);
    step(record);
    ++number;
    blob_at(submission, 1, new_id);
    number_at(submission, 2, number);
    number_at(submission, 3, texts);
    number_at(submission, 4, static_cast<std::int64_t>(text.size()));
    number_at(submission, 5, now());
    step(submission);
    number_at(stream, 1, static_cast<std::int64_t>(text.size()));
    step(stream);
    add_entry(new_id, "submitted", number);
  }
};

BareStore::BareStore(const std::string& path, const std::string& vfs)
    : impl_(std::make_unique<Impl>()) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &impl_->handle, flags, vfs.empty() ? nullptr : vfs.c_str()) !=
      0)
    fail(impl_->handle);
  run(impl_->handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  run(impl_->handle, tables);
  for (
      const char* sql :
      {"BEGIN IMMEDIATE", "INSERT INTO contents (digest, bytes) VALUES (?1, ?2)",
       "INSERT INTO records (collection, key, presence, next_place) "
       "VALUES ('availability', ?1, 'unknown', 2)",
       "INSERT INTO submissions (id, record, place, stream, operation, content, size, base, "
       "submitted_at, reason, state, doubt, ready, step, accepted, request, tries, rounds, due_at, "
       "problem, problem_status) VALUES (?1, ?2, 1, 1, 'put', ?3, ?4, 'unknown', ?5, '', "
       "'pending', 0, 1, 'send', 0, 0, 0, 0, ?5, '', 0)",
       "UPDATE streams SET pending = pending + 1, bytes = bytes + ?1 WHERE number = 1",
       "INSERT INTO history (number, at, who, action, why, record, submission, state, after, hash) "
       "VALUES (?1, ?2, 'ada', ?3, '', ?4, ?5, 'pending', ?6, ?7)",
       "INSERT INTO drafts VALUES (?1, 1, 'ada', 'normal', 1, 7, ?2, ?3, 'unknown', 0, 0, 0)",
       "UPDATE drafts SET bytes = ?1, revision = revision + 1, logged = ?2, saved_at = ?3, "
       "logged_at = ?3 WHERE record = 1 AND identity = 'ada' AND lane = 'normal'",
       "COMMIT"})
    impl_->prepare(sql);
}

BareStore::~BareStore() {
  for (sqlite3_stmt* statement : impl_->statements) sqlite3_finalize(statement);
  sqlite3_close(impl_->handle);
}

void BareStore::submit(const std::string& text) { submit_many(text, 1); }

void BareStore::submit_many(const std::string& text, int count) {
  impl_->step(Impl::begin);
  for (int i = 0; i < count; ++i) impl_->submit(text);
  impl_->step(Impl::commit);
}

void BareStore::save(const std::string& text) {
  static const std::string id(16, 'd');
  Impl& my = *impl_;
  my.step(Impl::begin);
  my.add_text(text);
  if (my.entries == 0) {
    my.blob_at(Impl::draft, 1, id);
    my.blob_at(Impl::draft, 2, text);
    my.blob_at(Impl::draft, 3, digest);
    my.step(Impl::draft);
  } else {
    my.blob_at(Impl::redraft, 1, text);
    my.number_at(Impl::redraft, 2, my.texts);
    my.number_at(Impl::redraft, 3, now());
    my.step(Impl::redraft);
  }
  my.add_entry(id, "draft saved", 1);
  my.step(Impl::commit);
}

}  // namespace lodge::benchmark
