#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/time.hpp"

namespace lodge {

/// Names the document on the server: {"availability", "ada@example.org"}.
/// Both parts are percent-encoded into the URL; empty, ".", "..", control characters, invalid UTF-8
/// and more than 200 encoded bytes are refused when used. Case is kept, nothing is normalised.
struct RecordId {
  std::string collection;
  std::string key;
  auto operator<=>(const RecordId&) const = default;
};

/// Opaque mark of a record's state on the server: its ETag, verbatim, quotes and W/ included.
struct Version {
  std::string tag;
  auto operator<=>(const Version&) const = default;
};

/// What is known of a record on the server.
enum class Presence {
  unknown,  ///< never asked, and nothing delivered yet
  present,  ///< it was there when the server was last heard
  absent,   ///< it was not there, or it was removed: a tombstone when deleted_at is set
};

std::string_view name(Presence presence);

/// The server's state of a record as last heard. What it holds is what Client::edit starts from,
/// where there is no draft and no form of this machine's on its way.
struct Record {
  RecordId id{};
  Presence presence = Presence::unknown;
  std::optional<Version> version{};  ///< empty: the version is not known
  std::optional<Time> updated_at{};  ///< when this state was learned
  std::optional<Time> deleted_at{};  ///< when the removal was learned
};

}  // namespace lodge
