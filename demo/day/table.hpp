#pragma once

#include <string>
#include <vector>

#include "demo/day/picture.hpp"

namespace lodge::demo {

/// The picture as lines for a terminal of `width` columns; none is longer, however narrow it is.
/// Always the same number of lines. ASCII, with colours (ECMA-48 SGR) when asked for.
std::vector<std::string> render_table(const Picture& picture, const Progress& progress, int width,
                                      bool colour);

/// The picture as one line for a log.
std::string render_line(const Picture& picture, const Progress& progress);

/// "unreachable 12, paused 4"; "nothing" without holds. `none` is not a hold.
std::string hold_words(const std::map<HoldReason, int>& holds);

/// "00:42".
std::string clock_words(std::chrono::seconds elapsed);

}  // namespace lodge::demo
