#include <variant>

#include "queue/answer/classify.hpp"
#include "queue/answer/reply_facts.hpp"
#include "queue/http/retry_after.hpp"
#include "queue/json/document.hpp"

namespace lodge::queue {
namespace {

using storage::GateReason;
using storage::GateScope;

constexpr const char* page_words =
    "The network answered in the server's place; sign in to the network.";

// A weak tag beside a content coding is a proxy's work and would not match (docs/wire.md).
std::optional<Version> version_of(const Reply& reply) { return tag_of(reply, !is_encoded(reply)); }

Meaning unreadable(Meaning meaning, const Reply& reply, const std::string& words) {
  meaning.outcome = Outcome::done;
  meaning.unreadable = true;
  meaning.version = version_of(reply);
  meaning.problem = words;
  return meaning;
}

Meaning found(Meaning meaning, const Reply& reply, const Profile& profile) {
  if (!is_document_type(reply, profile)) {
    meaning.problem = "The server's copy is not a JSON document.";
    return meaning;
  }
  const ParsedDocument parsed = parse_document(reply.body, {.max_bytes = reply.body.size()});
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    meaning.problem = "The server's copy cannot be read: " + refusal->sentence;
    return may_be_document(refusal->fault) ? unreadable(meaning, reply, meaning.problem) : meaning;
  }
  meaning.outcome = Outcome::done;
  meaning.version = version_of(reply);
  meaning.problem.clear();
  return meaning;
}

Meaning not_there(Meaning meaning) {
  meaning.outcome = Outcome::check;
  meaning.gone = true;
  return meaning;
}

Meaning redirect(const Request& request, const Reply& reply, Meaning meaning) {
  const auto target = same_origin_location(request, reply);
  if (!target) return intercepted(std::move(meaning), "The network or the address changed.");
  meaning.outcome = Outcome::follow;
  meaning.location = *target;
  return meaning;
}

Meaning sign_in(Meaning meaning) {
  meaning.outcome = Outcome::hold;
  meaning.hold = HoldOf{GateScope::identity, GateReason::sign_in};
  meaning.sign_in = true;
  return meaning;
}

Meaning meaning_of_error_in_check(const Reply& reply, const Profile& profile) {
  Meaning meaning = meaning_of_error(reply);
  meaning.arrived = false;  // a read has no effect
  const bool found = reply.status == 200 && !is_html(reply) && is_document_type(reply, profile);
  if (reply.error == TransportError::too_large && found) {
    return unreadable(meaning, reply, "The server's copy is too large to be merged.");
  }
  return meaning;
}

}  // namespace

Meaning classify_check(const Request& request, const Reply& reply, const Profile& profile,
                       Time now) {
  if (reply.error != TransportError::none) return meaning_of_error_in_check(reply, profile);
  const bool trusted = is_trusted(reply);
  const bool html = is_html(reply);
  Meaning meaning;
  meaning.status = reply.status;
  meaning.answered = true;
  meaning.from_server = trusted;
  meaning.problem = words_of(reply);
  meaning.wait = retry_after(reply.headers, now, profile.longest_retry_after, reply.status);
  if (wants_credentials(reply)) return sign_in(std::move(meaning));
  switch (reply.status) {
    case 200:
      return html ? intercepted(std::move(meaning), page_words) : found(meaning, reply, profile);
    case 307:
    case 308:
      return redirect(request, reply, std::move(meaning));
    case 404:
    case 410:
      return html && !trusted ? intercepted(std::move(meaning), page_words) : not_there(meaning);
    case 407:
    case 511:
      return intercepted(std::move(meaning), page_words);
    case 429:
    case 503:
      meaning.hold = HoldOf{GateScope::origin, GateReason::busy};
      return meaning;
    default:
      break;
  }
  const bool moved = reply.status >= 300 && reply.status <= 399 && reply.status != 304;
  if (moved) return intercepted(std::move(meaning), "The network or the address changed.");
  meaning.failing = reply.status >= 500 && reply.status != 507;
  if (html && !trusted && reply.status < 500) return intercepted(std::move(meaning), page_words);
  return meaning;
}

}  // namespace lodge::queue
