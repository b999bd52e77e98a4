#pragma once

#include <string>

namespace lodge::storage {

/// Who holds a lock on the first byte of the file, as the system knows it: "process 4711 (kiosk)".
/// Empty when nobody does, or nobody whom this user may look at (another user, another container).
/// Slow (looks at every process of this user): for the sentence of an error.
std::string write_lock_holder(const std::string& path);

}  // namespace lodge::storage
