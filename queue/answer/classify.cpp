#include "queue/answer/classify.hpp"

#include <algorithm>
#include <utility>

#include "queue/answer/reply_facts.hpp"
#include "queue/http/retry_after.hpp"

namespace lodge::queue {
namespace {

using storage::GateReason;
using storage::GateScope;
using storage::Precondition;

struct Case {
  const Request& request;
  Precondition precondition;
  const Reply& reply;
  bool in_doubt;
  bool trusted;
  bool html;

  [[nodiscard]] bool removes() const { return request.method == Method::del; }
};

using Rule = Meaning (*)(const Case&, Meaning);

Meaning as(Outcome outcome, Meaning meaning) {
  meaning.outcome = outcome;
  return meaning;
}

Meaning retry(const Case&, Meaning meaning) { return as(Outcome::retry, std::move(meaning)); }
Meaning check(const Case&, Meaning meaning) { return as(Outcome::check, std::move(meaning)); }

Meaning retry_slowly(const Case&, Meaning meaning) {
  meaning.slowly = true;
  return as(Outcome::retry, std::move(meaning));
}

Meaning reconnect(const Case&, Meaning meaning) {
  meaning.new_connection = true;
  return as(Outcome::retry, std::move(meaning));
}

Meaning hold(GateScope scope, GateReason reason, Meaning meaning) {
  meaning.hold = HoldOf{scope, reason};
  return as(Outcome::hold, std::move(meaning));
}

// The server's configuration, not this form; yet the form steps back, so that another is the probe.
Meaning hold_collection(const Case&, Meaning meaning) {
  meaning.own_delay = true;
  return hold(GateScope::collection, GateReason::refused, std::move(meaning));
}

Meaning hold_network(const Case&, Meaning meaning) {
  return intercepted(std::move(meaning),
                     "The network answered in the server's place; sign in to the network.");
}

Meaning sign_in(const Case&, Meaning meaning) {
  meaning.sign_in = true;
  return hold(GateScope::identity, GateReason::sign_in, std::move(meaning));
}

Meaning refuse(const Case& the, Meaning meaning) {
  // A form that may have arrived, or whose refusal anybody could have written, is looked for first.
  return as(the.in_doubt || !the.trusted ? Outcome::check : Outcome::reject, std::move(meaning));
}

Meaning refuse_or_sign_in(const Case& the, Meaning meaning) {
  return wants_credentials(the.reply) ? sign_in(the, std::move(meaning))
                                      : refuse(the, std::move(meaning));
}

Meaning success(const Case& the, Meaning meaning) {
  meaning.problem.clear();
  if (!the.trusted) return check(the, std::move(meaning));
  if (the.removes()) {
    return as(the.html || meaning.status == 201 ? Outcome::check : Outcome::done,
              std::move(meaning));
  }
  // A sign-in page comes as 200; a 201 or 204 with a page is the server's own (mod_dav).
  meaning.accepted = !(the.html && meaning.status == 200);
  meaning.version = tag_of(the.reply, false);
  const bool proven = meaning.version && !the.html;
  if (proven) meaning.accepted = false;
  return as(proven ? Outcome::done : Outcome::check, std::move(meaning));
}

Meaning success_later(const Case& the, Meaning meaning) {
  meaning.check_in = meaning.wait.value_or(std::chrono::seconds(5));
  return check(the, std::move(meaning));
}

Meaning redirect(const Case& the, Meaning meaning) {
  const auto target = same_origin_location(the.request, the.reply);
  if (!target) return intercepted(std::move(meaning), "The network or the address changed.");
  meaning.location = *target;
  return as(Outcome::follow, std::move(meaning));
}

Meaning moved(const Case&, Meaning meaning) {
  return intercepted(std::move(meaning), "The network or the address changed.");
}

Meaning missing(const Case& the, Meaning meaning) {
  if (the.removes()) {
    return as(the.trusted && !the.html ? Outcome::done : Outcome::check, std::move(meaning));
  }
  if (the.precondition == Precondition::match) return check(the, std::move(meaning));
  return hold_collection(the, std::move(meaning));
}

Meaning gone(const Case& the, Meaning meaning) {
  const bool creates = !the.removes() && the.precondition != Precondition::match;
  return creates ? refuse(the, std::move(meaning)) : missing(the, std::move(meaning));
}

Meaning conflict(const Case& the, Meaning meaning) {
  const bool busy = meaning.status == 409 && says_key_in_progress(problem_of(the.reply));
  return busy ? retry(the, std::move(meaning)) : check(the, std::move(meaning));
}

Meaning too_large(const Case& the, Meaning meaning) {
  return meaning.wait ? retry(the, std::move(meaning)) : refuse(the, std::move(meaning));
}

Meaning unprocessable(const Case& the, Meaning meaning) {
  return says_key_reused(problem_of(the.reply)) ? check(the, std::move(meaning))
                                                : refuse(the, std::move(meaning));
}

Meaning busy(const Case&, Meaning meaning) {
  meaning.hold = HoldOf{GateScope::origin, GateReason::busy};
  return as(Outcome::retry, std::move(meaning));
}

Meaning failing(const Case& the, Meaning meaning) {
  meaning.failing = true;
  const bool doubted = the.in_doubt && meaning.status == 500;
  return doubted ? check(the, std::move(meaning)) : retry(the, std::move(meaning));
}

constexpr bool arrived = true;
constexpr bool not_arrived = false;

struct Row {
  int first;
  int last;
  Rule rule;
  bool arrived;  ///< the request may have taken effect
};

// The answers, in the order of docs/wire.md; the first row that fits counts.
constexpr Row rows[] = {
    {200, 201, success, arrived},
    {202, 202, success_later, arrived},
    {204, 205, success, arrived},
    {200, 299, check, arrived},
    {303, 303, moved, arrived},
    {304, 304, check, arrived},
    {307, 308, redirect, not_arrived},
    {300, 399, moved, not_arrived},
    {401, 401, sign_in, not_arrived},
    {402, 402, hold_collection, not_arrived},
    {403, 403, refuse_or_sign_in, not_arrived},
    {404, 404, missing, not_arrived},
    {405, 405, hold_collection, not_arrived},
    {407, 407, hold_network, not_arrived},
    {408, 408, reconnect, arrived},
    {409, 409, conflict, arrived},
    {410, 410, gone, not_arrived},
    {411, 411, retry_slowly, not_arrived},
    {412, 412, conflict, arrived},
    {413, 413, too_large, not_arrived},
    {414, 414, hold_collection, not_arrived},
    {417, 417, retry_slowly, not_arrived},
    {421, 421, reconnect, not_arrived},
    {422, 422, unprocessable, not_arrived},
    {423, 424, retry_slowly, not_arrived},
    {425, 425, reconnect, not_arrived},
    {426, 426, hold_collection, not_arrived},
    {428, 428, check, not_arrived},
    {429, 429, busy, not_arrived},
    {431, 431, hold_collection, not_arrived},
    {400, 499, refuse, not_arrived},  // 400, 406, 415, 451 and all without a row
    {500, 500, failing, arrived},
    {501, 501, hold_collection, arrived},
    {503, 503, busy, not_arrived},
    {505, 505, hold_collection, arrived},
    {507, 507, retry_slowly, not_arrived},
    {511, 511, hold_network, not_arrived},
    {500, 599, failing, arrived},
};

// What no HTTP server may say, 1xx as a last word included.
constexpr Row senseless = {0, 0, retry, arrived};

const Row& row_of(int status) {
  const auto found = std::ranges::find_if(
      rows, [=](const Row& r) { return r.first <= status && status <= r.last; });
  return found == std::end(rows) ? senseless : *found;
}

// Statuses whose row holds whether or not a page comes with them. Nothing is rejected, conflicted
// or delivered by a page alone.
bool page_is_harmless(const Case& the) {
  const int status = the.reply.status;
  if (status >= 200 && status <= 299) return true;
  if (status >= 500 && status <= 599) return true;
  if (status == 307 || status == 308 || status == 409 || status == 412 || status == 429)
    return true;
  if (wants_credentials(the.reply)) return true;
  return the.removes() && the.trusted && (status == 404 || status == 410);
}

}  // namespace

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::check:
      return "check";
    case Outcome::retry:
      return "retry";
    case Outcome::hold:
      return "hold";
    case Outcome::reject:
      return "reject";
    case Outcome::follow:
      return "follow";
  }
  return "retry";
}

Meaning classify(const Request& request, storage::Precondition precondition, const Reply& reply,
                 bool in_doubt, const Profile& profile, Time now) {
  if (reply.error != TransportError::none) {
    Meaning meaning = meaning_of_error(reply);
    const bool good = reply.status >= 200 && reply.status <= 299;
    if (reply.error == TransportError::too_large && good) meaning.outcome = Outcome::check;
    return meaning;
  }
  // The answer is to the last departure, and says nothing of one before it.
  const bool repeated = reply.departures > 1;
  const Case the{request,           precondition,  reply, in_doubt || repeated,
                 is_trusted(reply), is_html(reply)};
  const Row& row = row_of(reply.status);
  Meaning meaning;
  meaning.status = reply.status;
  meaning.arrived = row.arrived || repeated;
  meaning.answered = true;
  meaning.from_server = the.trusted;
  meaning.problem = words_of(reply);
  meaning.wait = retry_after(reply.headers, now, profile.longest_retry_after, reply.status);
  if (the.html && !page_is_harmless(the)) return hold_network(the, std::move(meaning));
  return row.rule(the, std::move(meaning));
}

}  // namespace lodge::queue
