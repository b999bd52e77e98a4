#include <algorithm>

#include "crash/disk/memory_disk_impl.hpp"

namespace lodge::test {

int lock_file(sqlite3_file* file, int level) {
  auto& my = memory_file(file);
  auto& all = my.disk->locks[*my.name];
  if (level <= my.lock) return SQLITE_OK;
  if (my.lock == SQLITE_LOCK_NONE) {
    if (all.holder_above >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    ++all.shared;
    my.lock = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (my.lock == SQLITE_LOCK_SHARED && all.holder_above != SQLITE_LOCK_NONE) return SQLITE_BUSY;
  const bool readers = all.shared > 1;
  const int got = level == SQLITE_LOCK_EXCLUSIVE && readers ? SQLITE_LOCK_PENDING : level;
  all.holder_above = my.lock = got;
  return got == level ? SQLITE_OK : SQLITE_BUSY;
}

int unlock_file(sqlite3_file* file, int level) {
  auto& my = memory_file(file);
  auto& all = my.disk->locks[*my.name];
  if (my.lock <= level) return SQLITE_OK;
  if (my.lock > SQLITE_LOCK_SHARED) all.holder_above = SQLITE_LOCK_NONE;
  if (level == SQLITE_LOCK_NONE) --all.shared;
  my.lock = level;
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* file, int* held) {
  auto& my = memory_file(file);
  *held = my.disk->locks[*my.name].holder_above != SQLITE_LOCK_NONE;
  return SQLITE_OK;
}

int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  auto& my = memory_file(file);
  if (my.memory == nullptr) {
    my.memory = &my.disk->shared[*my.name];
    ++my.memory->users;
  }
  auto& regions = my.memory->regions;
  *memory = nullptr;
  if (static_cast<int>(regions.size()) <= region) {
    if (extend == 0) return SQLITE_OK;
    while (static_cast<int>(regions.size()) <= region)
      regions.emplace_back(static_cast<std::size_t>(size));
  }
  *memory = regions[static_cast<std::size_t>(region)].data();
  return SQLITE_OK;
}

namespace {

int take_shared(MemoryFile& my, std::size_t slot) {
  if (my.memory->exclusive[slot]) return SQLITE_BUSY;
  ++my.memory->shared[slot];
  my.shared_locks |= 1U << slot;
  return SQLITE_OK;
}

void give_back(MemoryFile& my, std::size_t slot) {
  const unsigned bit = 1U << slot;
  if ((my.shared_locks & bit) != 0) --my.memory->shared[slot];
  if ((my.exclusive_locks & bit) != 0) my.memory->exclusive[slot] = false;
  my.shared_locks &= ~bit;
  my.exclusive_locks &= ~bit;
}

}  // namespace

int lock_memory(sqlite3_file* file, int first, int count, int flags) {
  auto& my = memory_file(file);
  const auto begin = static_cast<std::size_t>(first);
  const auto end = begin + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (auto slot = begin; slot < end; ++slot) give_back(my, slot);
    return SQLITE_OK;
  }
  if ((flags & SQLITE_SHM_SHARED) != 0)
    return (my.shared_locks >> begin & 1U) != 0 ? SQLITE_OK : take_shared(my, begin);
  for (auto slot = begin; slot < end; ++slot)
    if (my.memory->exclusive[slot] || my.memory->shared[slot] > 0) return SQLITE_BUSY;
  for (auto slot = begin; slot < end; ++slot) {
    my.memory->exclusive[slot] = true;
    my.exclusive_locks |= 1U << slot;
  }
  return SQLITE_OK;
}

void memory_barrier(sqlite3_file*) {}

int unmap_memory(sqlite3_file* file, int) {
  auto& my = memory_file(file);
  if (my.memory == nullptr) return SQLITE_OK;
  for (std::size_t slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) give_back(my, slot);
  // As with the system's: the last one takes the memory with it.
  if (--my.memory->users == 0) my.disk->shared.erase(*my.name);
  my.memory = nullptr;
  return SQLITE_OK;
}

}  // namespace lodge::test
