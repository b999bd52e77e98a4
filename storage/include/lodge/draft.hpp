#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/time.hpp"

namespace lodge {

/// Drafts and submissions carry a label for pausing, counting and display: normal, deferred, ...
inline constexpr std::string_view normal_lane = "normal";

/// What a draft or a submission was written on.
enum class BaseKind {
  absent,   ///< the record did not exist
  unknown,  ///< nobody asked; sent as a create, the server's answer tells
  version,  ///< the record's content at a version of the server's
  after,    ///< another submission of this machine, delivered or not
};

std::string_view name(BaseKind kind);

/// Content in progress on a record: mutable, autosaved, local, never sent. At most one is stored
/// per record, identity and lane. It begins with Client::edit and ends with submit or discard.
///
/// Change `content` freely; the other members are lodge's, and a draft made by hand is refused.
struct Draft {
  SubmissionId id{};  ///< of the submission it will become
  RecordId record{};
  nlohmann::json content = nlohmann::json::object();
  std::string identity{};  ///< whose draft it is; empty where nobody signs in
  std::string lane{normal_lane};
  std::uint64_t revision = 0;  ///< counts the saves; 0: never saved
  BaseKind base = BaseKind::unknown;
  std::optional<Version> base_version{};  ///< for BaseKind::version
  std::optional<SubmissionId> after{};    ///< for BaseKind::after
  std::optional<SubmissionId> amends{};   ///< the rejected or conflicted submission it will replace
  bool stale = false;  ///< the record moved on at the server since this was begun
  std::optional<Time> saved_at{};
  std::int64_t base_content = 0;  ///< the store's number of the base's text; 0: none
  std::int64_t session = 0;       ///< of the edit() call this form was opened by
};

}  // namespace lodge
