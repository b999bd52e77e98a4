#include "queue/answer/reply_facts.hpp"

#include <algorithm>
#include <string_view>

#include "queue/http/ascii.hpp"
#include "queue/http/challenge.hpp"
#include "queue/http/etag.hpp"
#include "queue/http/url.hpp"

namespace lodge::queue {
namespace {

using storage::GateReason;
using storage::GateScope;

std::string media_type(std::string_view value) {
  return lower(trim(value.substr(0, value.find(';'))));
}

bool is_html_type(std::string_view value) {
  const std::string type = media_type(value);
  return type == "text/html" || type == "application/xhtml+xml";
}

bool looks_like_html(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return false;
  const std::string head = lower(body.substr(start, 14));
  return head.starts_with("<!doctype html") || head.starts_with("<html");
}

// The credentials are good, and not for this (RFC 6750 §3.1): fresh ones would change nothing.
bool lacks_scope(const Challenge& challenge) {
  return same_letters(header(challenge.parameters, "error").value_or(""), "insufficient_scope");
}

// The scheme Bearer is asked for, and not to say that this is not allowed.
bool wants_bearer(const Reply& reply) {
  bool wanted = false;
  for (const Header& field : reply.headers) {
    if (!same_letters(field.name, "WWW-Authenticate")) continue;
    for (const Challenge& challenge : parse_challenges(field.value)) {
      if (!same_letters(challenge.scheme, "Bearer")) continue;
      if (lacks_scope(challenge)) return false;
      wanted = true;
    }
  }
  return wanted;
}

std::string error_words(TransportError error) {
  switch (error) {
    case TransportError::resolve:
      return "The server's name has no address just now.";
    case TransportError::connect:
      return "The server could not be connected to.";
    case TransportError::proxy:
      return "The proxy could not be used.";
    case TransportError::handshake:
      return "No secure connection to the server came about.";
    case TransportError::certificate:
      return "The other side could not prove that it is the server: a network that asks for a "
             "sign-in, or a wrong clock.";
    case TransportError::timeout:
      return "The server did not answer in time.";
    case TransportError::too_large:
      return "The server's reply was too large.";
    case TransportError::refused:
      return "The request could not be put on the wire.";
    case TransportError::cancelled:
      return "The attempt was given up.";
    default:
      return "The connection ended before the reply was complete.";
  }
}

// Nothing left this machine, and no other form would fare better.
bool concerns_origin(const Reply& reply) {
  return reply.departures == 0 && reply.error != TransportError::refused &&
         reply.error != TransportError::cancelled && reply.error != TransportError::too_large;
}

// It left, and nobody said anything that makes sense.
bool is_silence(const Reply& reply) {
  return reply.departures > 0 &&
         (reply.error == TransportError::timeout || reply.error == TransportError::cut ||
          reply.error == TransportError::protocol);
}

}  // namespace

bool is_trusted(const Reply& reply) { return reply.verified || reply.loopback; }

bool is_html(const Reply& reply) {
  const auto is_type = [](const Header& field) { return same_letters(field.name, "Content-Type"); };
  if (std::ranges::none_of(reply.headers, is_type)) return looks_like_html(reply.body);
  return std::ranges::any_of(reply.headers, [&](const Header& field) {
    return is_type(field) && is_html_type(field.value);
  });
}

bool is_document_type(const Reply& reply, const Profile& profile) {
  if (header_count(reply.headers, "Content-Type") != 1) return false;
  const std::string type = media_type(*header(reply.headers, "Content-Type"));
  return type == "application/json" || type.ends_with("+json") ||
         type == media_type(profile.content_type);
}

bool is_encoded(const Reply& reply) {
  const auto coding = header(reply.headers, "Content-Encoding");
  return coding && !trim(*coding).empty() && !same_letters(trim(*coding), "identity");
}

bool wants_credentials(const Reply& reply) {
  return reply.status == 401 || (reply.status == 403 && wants_bearer(reply));
}

std::optional<Version> tag_of(const Reply& reply, bool weak_too) {
  if (header_count(reply.headers, "ETag") != 1) return std::nullopt;
  ETag tag = read_etag(reply.headers);
  if (tag.kind == ETagKind::strong || (weak_too && tag.kind == ETagKind::weak)) {
    return Version{std::move(tag.text)};
  }
  return std::nullopt;
}

std::optional<std::string> same_origin_location(const Request& request, const Reply& reply) {
  if (header_count(reply.headers, "Location") != 1) return std::nullopt;
  auto target = resolve_location(request.url, *header(reply.headers, "Location"));
  if (!target || !same_origin(request.url, *target)) return std::nullopt;
  return target;
}

Problem problem_of(const Reply& reply) {
  if (reply.body.empty() || is_encoded(reply)) return {};
  return read_problem(header(reply.headers, "Content-Type").value_or(""), reply.body);
}

std::string words_of(const Reply& reply) {
  const Problem problem = problem_of(reply);
  if (!problem.title.empty() && !problem.detail.empty() && problem.title != problem.detail) {
    return problem.title + ": " + problem.detail;
  }
  if (!problem.detail.empty()) return problem.detail;
  if (!problem.title.empty()) return problem.title;
  return "The server answered " + std::to_string(reply.status) + ".";
}

Meaning meaning_of_error(const Reply& reply) {
  Meaning meaning;
  meaning.arrived = reply.departures > 0;
  meaning.failing = is_silence(reply);
  meaning.status = reply.status;
  meaning.problem = error_words(reply.error);
  meaning.detail = std::string(lodge::name(reply.error));
  if (!reply.detail.empty()) meaning.detail += ": " + reply.detail;
  if (reply.error == TransportError::certificate) {
    meaning.outcome = Outcome::hold;
    meaning.hold = HoldOf{GateScope::origin, GateReason::intercepted};
  } else if (concerns_origin(reply)) {
    meaning.hold = HoldOf{GateScope::origin, GateReason::unreachable};
  }
  return meaning;
}

Meaning intercepted(Meaning meaning, const std::string& words) {
  meaning.outcome = Outcome::hold;
  meaning.hold = HoldOf{GateScope::origin, GateReason::intercepted};
  // Nobody stands between over a verified connection: the form itself may be the cause.
  meaning.own_delay = meaning.from_server;
  meaning.answered = meaning.from_server = meaning.accepted = false;
  meaning.problem = words;
  return meaning;
}

}  // namespace lodge::queue
