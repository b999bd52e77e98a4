#pragma once

#include <optional>
#include <string>

#include "lodge/error.hpp"

namespace lodge::test {

/// What a call fails with; empty when it succeeds.
template <class Call>
std::optional<Error> error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// The code a call fails with, by name; "none" when it succeeds.
template <class Call>
std::string code_of(const Call& call) {
  const auto error = error_of(call);
  return error ? std::string(name(error->code())) : "none";
}

}  // namespace lodge::test
