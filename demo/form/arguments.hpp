#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lodge::demo {

struct FormArguments {
  std::string store{};  ///< as given; empty: the usual place
  std::string endpoint = "http://127.0.0.1:8087/v1";
  bool help = false;
};

/// A wrong command line; what() says what is wrong.
struct FormUsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws FormUsageError.
FormArguments parse_form_arguments(const std::vector<std::string>& words);

extern const std::string_view form_usage;

/// $XDG_DATA_HOME/lodge-form/store.lodge, else ~/.local/share/lodge-form/store.lodge; makes the
/// folders (0700) where missing. Throws std::runtime_error.
std::string usual_store();

}  // namespace lodge::demo
