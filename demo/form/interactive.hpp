#pragma once

#include "lodge/options.hpp"

namespace lodge::demo {

/// The form for a person at a terminal; returns the exit status (128 + n after signal n).
int run_interactive(Options options);

}  // namespace lodge::demo
