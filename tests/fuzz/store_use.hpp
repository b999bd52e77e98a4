#pragma once

#include <string>

namespace lodge::fuzz {

/// Opens the store and does what a client does. Every call works or throws lodge::Error with a
/// sentence, and verify says what is wrong; anything else ends the process. With `sealed` the
/// texts are the seed's: whatever happened to the rest, no other text may come out.
void use_store(const std::string& path, bool sealed);

}  // namespace lodge::fuzz
