#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/digest.hpp"
#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/schema/names.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

// How the records' types stand in columns: times as milliseconds, ids and digests as blobs,
// enumerators by name, 0 for "no text" as NULL. What is bound stays where it is until the statement
// has run; nothing that would be gone by then is taken.

inline std::int64_t millis(Time time) { return time.time_since_epoch().count(); }

/// 70 million years are kept to either side, so that whoever adds to a time that damage made, or
/// takes the difference of two, stays within 64 bits.
inline Time time_of(std::int64_t millis) {
  constexpr std::int64_t farthest = std::int64_t{1} << 61;
  return Time{Duration{std::clamp(millis, -farthest, farthest)}};
}

Statement& bind_time(Statement&, int index, const std::optional<Time>& time);
Statement& bind_content(Statement&, int index, ContentNumber content);
Statement& bind_version(Statement&, int index, const std::optional<Version>& version);
Statement& bind_version(Statement&, int index, std::optional<Version>&&) = delete;
Statement& bind_digest(Statement&, int index, const Digest& digest);
Statement& bind_digest(Statement&, int index, Digest&&) = delete;

template <class Tag>
Statement& bind_id(Statement& statement, int index, const Id<Tag>& id) {
  return statement.bind_blob(index, std::span<const std::uint8_t>(id.bytes));
}

template <class Tag>
Statement& bind_id(Statement& statement, int index, const std::optional<Id<Tag>>& id) {
  return id ? bind_id(statement, index, *id) : statement.bind_null(index);
}

template <class Tag>
Statement& bind_id(Statement&, int index, Id<Tag>&&) = delete;
template <class Tag>
Statement& bind_id(Statement&, int index, std::optional<Id<Tag>>&&) = delete;

std::string string_column(const Statement&, int column);
std::optional<Time> time_column(const Statement&, int column);
std::optional<Version> version_column(const Statement&, int column);
Digest digest_column(const Statement&, int column);  ///< all zero for NULL
UuidBytes uuid_column(const Statement&, int column);
int int_column(const Statement&, int column);
/// What counts, and may be counted on: from 0 to 2^53. Errc::store_damaged for anything else.
std::int64_t count_column(const Statement&, int column);

template <class Tag>
Id<Tag> id_column(const Statement& statement, int column) {
  return {uuid_column(statement, column)};
}

template <class Tag>
std::optional<Id<Tag>> optional_id_column(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return id_column<Tag>(statement, column);
}

/// That a base has what its kind says, and no more: whoever reads the row counts on it.
/// Errc::store_damaged.
void check_base(BaseKind kind, bool has_version, bool has_submission);

[[noreturn]] void throw_unknown_word(std::string_view word);

/// What a word of a row stands for. Errc::store_damaged for one that no version of lodge wrote.
template <class Value>
Value known(const std::optional<Value>& parsed, std::string_view word) {
  if (!parsed) throw_unknown_word(word);
  return *parsed;
}

/// Still in the outbox.
constexpr bool is_unsettled(State state) { return !is_final(state); }
/// May be attempted once due, if it is the first of its record.
constexpr bool may_go(State state) {
  return state == State::pending || state == State::unconfirmed;
}

}  // namespace lodge::storage
