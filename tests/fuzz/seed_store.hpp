#pragma once

#include <string>

// A small valid store with a bit of everything, as bytes; the same every time.
namespace lodge::fuzz {

struct SeedStore {
  std::string file{};
  std::string log{};
};

const SeedStore& seed_store();

/// Opens it and does what a client does. Every call works or throws lodge::Error; anything else
/// ends the process.
void use_store(const SeedStore& bytes);

}  // namespace lodge::fuzz
