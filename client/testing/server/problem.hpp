#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "lodge/transport.hpp"

namespace lodge::reference {

/// The kinds of refusal. A client decides by status and type; title and detail are for people.
enum class Problem {
  malformed,           ///< 400: the request's syntax, its key or its JSON
  unauthorised,        ///< 401
  unknown_path,        ///< 404: no such resource, and never was
  unknown_collection,  ///< 404: the collection itself is missing
  method_not_allowed,  ///< 405
  deleted,             ///< 410: the record was here and was removed
  version_mismatch,    ///< 412: members current_version (null when absent) and deleted
  too_large,           ///< 413
  media_type,          ///< 415
  key_reused,          ///< 422: this Idempotency-Key stands for another request
  need_precondition,   ///< 428: member current_version
  fields_too_large,    ///< 431
  internal,            ///< 500
};

/// A problem document (RFC 9457) as a complete reply: application/problem+json, never HTML.
/// `members` are added to the document. `detail` holds no content and no credentials.
Reply problem(Problem kind, std::string_view detail);
Reply problem(Problem kind, std::string_view detail, const nlohmann::json& members);

}  // namespace lodge::reference
