#pragma once

#include "lodge/options.hpp"

namespace lodge::demo {

/// The form for scripts: lines in, lines out, as `lodge-form --help` says. Ends with the input;
/// returns the exit status.
int run_lines(Options options);

}  // namespace lodge::demo
