#pragma once

#include <system_error>

#include "lodge/error.hpp"

namespace lodge::client {

/// What the system did not give (a descriptor, a thread), as an Error whose sentence says what to
/// do about it.
Error system_shortage(const std::system_error& error);

}  // namespace lodge::client
