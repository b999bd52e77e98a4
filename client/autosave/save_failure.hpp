#pragma once

#include <string>

#include "lodge/error.hpp"

namespace lodge::client {

/// The machine's failures pass; what is wrong with a draft stays wrong until it changes.
bool may_pass(const Error& error);

/// For the person who typed: where the words are that could not be saved, and what comes next.
std::string words_of(const Error& error);

}  // namespace lodge::client
