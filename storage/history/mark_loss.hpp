#pragma once

#include <optional>
#include <string>

#include "lodge/history.hpp"
#include "storage/history/high_mark.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/store.hpp"

namespace lodge::storage {

/// The store's own id, made at its first opening. Empty where there is none yet.
std::string store_id(Database& database);

/// Gives the store an id if it has none. Outside any transaction; the caller holds the write lock.
void make_store_id(Database& database);

/// Whether the store has the entry that the mark names.
bool confirms(Database& database, const HighMark& mark);

/// What the mark knew and the store no longer has; empty: nothing, or it was noted before.
std::optional<Loss> find_loss(Database& database, const HighMark& mark);

/// Writes the loss into the history, inside the caller's transaction.
void note_loss(Database& database, const HighMark& mark, const Loss& loss, const Act& act);

/// What the mark says to an intact chain. Read it before the chain: it only moves on.
void witness(Database& database, const std::optional<HighMark>& mark, Verdict& verdict);

/// How many entries are known to be lost, over all times.
std::int64_t lost_entries(Database& database);

}  // namespace lodge::storage
