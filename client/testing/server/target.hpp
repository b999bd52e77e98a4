#pragma once

#include <string_view>

#include "lodge/record.hpp"

namespace lodge::reference {

/// What a request's URL names on this server.
struct Target {
  enum class Kind {
    record,     ///< {base}/{collection}/{id}
    root,       ///< {base}
    unknown,    ///< no resource of this server
    malformed,  ///< a broken percent escape, or a name that no record can have
  };
  Kind kind = Kind::unknown;
  RecordId record{};
  std::string_view
      path{};  ///< from the first slash after the host, still encoded; points into the URL
};

/// Finds the record that `url` (absolute, or only a path) names below `base` ("/v1").
/// Each segment is percent-decoded exactly once: "%2F" belongs to the id, "+" is a plus. Case is
/// kept, nothing is normalised; ".", "..", control characters and invalid UTF-8 are malformed.
Target parse_target(std::string_view url, std::string_view base);

}  // namespace lodge::reference
