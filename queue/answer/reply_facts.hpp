#pragma once

#include <optional>
#include <string>

#include "lodge/transport.hpp"
#include "queue/answer/classify.hpp"
#include "queue/http/problem.hpp"

// What a reply shows, whatever it was a reply to.
namespace lodge::queue {

/// The peer is the server for certain: https with a verified chain, or this machine.
bool is_trusted(const Reply& reply);

/// An HTML page, by its media type; where none is given, by its first bytes.
bool is_html(const Reply& reply);

/// application/json, anything+json, or the profile's own type. Parameters do not count.
bool is_document_type(const Reply& reply, const Profile& profile);

/// A content coding other than identity.
bool is_encoded(const Reply& reply);

/// Credentials are asked for: any 401, or a 403 that names the scheme Bearer. With the error
/// insufficient_scope it is a plain 403 (RFC 6750 §3.1).
bool wants_credentials(const Reply& reply);

/// The tag, when exactly one valid one was sent; a weak one only if `weak_too`.
std::optional<Version> tag_of(const Reply& reply, bool weak_too);

/// Where a 307 or 308 leads, if to the same origin.
std::optional<std::string> same_origin_location(const Request& request, const Reply& reply);

/// The server's words as they are; nothing where they are compressed.
Problem problem_of(const Reply& reply);

/// The server's words, or a sentence with the status.
std::string words_of(const Reply& reply);

/// A reply that is no complete one (reply.error is set).
Meaning meaning_of_error(const Reply& reply);

/// The network answers in the server's place, or its address changed.
Meaning intercepted(Meaning meaning, const std::string& words);

}  // namespace lodge::queue
