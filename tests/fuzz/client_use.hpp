#pragma once

#include <string>
#include <string_view>

namespace lodge::fuzz {

/// Opens a client on the store, lets it live through days in which the server answers with the
/// statuses in `answers` (0: no answer; afterwards like a server that is well), and does what
/// people do. Every call works or throws lodge::Error with a sentence; of the texts of the store
/// only the seed's are sent; anything else ends the process.
void use_client(const std::string& path, std::string_view answers);

}  // namespace lodge::fuzz
