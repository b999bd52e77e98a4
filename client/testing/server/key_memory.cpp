#include "client/testing/server/key_memory.hpp"

namespace lodge::reference {

KeyMemory::Entry* KeyMemory::find(const Name& name, Time now) {
  forget_expired(now);
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

KeyMemory::Entry& KeyMemory::remember(Name name, Asked asked, Time now) {
  if (lifetime_) oldest_first_.emplace_back(now, name);
  return entries_.insert_or_assign(std::move(name), Entry{std::move(asked), 0, now}).first->second;
}

void KeyMemory::clear() {
  entries_.clear();
  oldest_first_.clear();
}

void KeyMemory::forget_expired(Time now) {
  while (lifetime_ && !oldest_first_.empty() && oldest_first_.front().first + *lifetime_ <= now) {
    entries_.erase(oldest_first_.front().second);
    oldest_first_.pop_front();
  }
}

}  // namespace lodge::reference
