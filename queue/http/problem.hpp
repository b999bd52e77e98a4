#pragma once

#include <string>
#include <string_view>

namespace lodge::queue {

/// What the server said went wrong, for people and for telling two meanings of a status apart. Each
/// text is valid UTF-8 of at most 500 bytes on one line, without control characters; empty where
/// not said.
struct Problem {
  std::string type{};    ///< an identifier, often a URL; never fetched
  std::string title{};   ///< the kind of problem
  std::string detail{};  ///< this case
};

/// Reads the body of a reply that is not a success: problem details (RFC 9457), other JSON with the
/// usual names, or plain text. An HTML page says nothing to us. Hostile bytes cost nothing but the
/// reading: what cannot be read is left out.
Problem read_problem(std::string_view content_type, std::string_view body) noexcept;

/// The server remembers the idempotency key with another request
/// (draft-ietf-httpapi-idempotency-key-header §2.7).
bool says_key_reused(const Problem& problem);

/// The server is still working on a request with this idempotency key.
bool says_key_in_progress(const Problem& problem);

}  // namespace lodge::queue
