#pragma once

#include "storage/store.hpp"

namespace lodge::storage {

/// An answer whose attempt no longer has the submission: another flusher took over, or a newer
/// request went. Only a success of it is kept.
Stored settle_late(Database&, const Settled&, const Act&);

}  // namespace lodge::storage
