#pragma once

#include <string>
#include <string_view>

namespace lodge::fuzz {

/// Puts into the store at `path` what lodge never wrote: what its checks, its triggers and the
/// chain would have refused. `lines` of "table column row value", eight at most; all but the value
/// are numbers, and a value that is not meant as a text begins with # (a number) or ! (nothing).
void put_hostile_rows(const std::string& path, std::string_view lines);

}  // namespace lodge::fuzz
