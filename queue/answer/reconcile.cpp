#include "queue/answer/reconcile.hpp"

#include <algorithm>

#include "queue/json/texts_compare.hpp"

namespace lodge::queue {
namespace {

using storage::Due;
using storage::Precondition;
using Kind = Reconciled::Kind;

// How often a server that answered 202 is looked at before the request goes again.
constexpr int looks_after_202 = 5;

struct Case {
  const Due& due;
  const Texts& texts;
  const ServerCopy& copy;
  const CollectionRules& rules;
  std::size_t body_limit;

  [[nodiscard]] int status() const { return due.submission.problem_status; }
  [[nodiscard]] bool removes() const { return due.submission.operation == Operation::remove; }
  [[nodiscard]] bool is_copy(const std::optional<std::string>& text, Strictness strictness) const {
    return text && same_document(copy.bytes, *text, rules.server_members, strictness);
  }
};

Reconciled of(Kind kind, std::string note = {}) { return {.kind = kind, .note = std::move(note)}; }

std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

bool same_state(std::string_view tag, const std::optional<Version>& version) {
  return version && opaque(tag) == opaque(version->tag);
}

bool is_refused_at_its_version(const Case& the) {
  return the.due.request && the.due.request->precondition == Precondition::match &&
         same_state(the.due.request->tag, the.copy.version);
}

// Checks that led to the same request again, or to a fresh key for it: every other one opened a
// request for what the server has.
int repeats(const Due& due) { return std::max(0, due.rounds - (due.request->number - 1)); }

// The server says again that the key was used for something else, after a fresh one.
bool is_key_refused_again(const Case& the) {
  return the.due.request && the.status() == 422 && repeats(the.due) > 0;
}

bool goes_again(Kind kind) {
  return kind == Kind::send_ours || kind == Kind::send_merged || kind == Kind::create ||
         kind == Kind::repeat;
}

bool is_still_queued(const Case& the) {
  return the.due.request && the.status() == 202 && the.due.submission.tries < looks_after_202;
}

bool is_refusal_to_create(int status) {
  return status < 300 || status == 404 || status == 409 || status == 412 || status == 428;
}

Reconciled by_policy(const Case& the, Kind ours, const std::string& note) {
  if (the.rules.policy == ConflictPolicy::ours) return of(ours);
  if (the.rules.policy == ConflictPolicy::theirs) return of(Kind::withdraw, note);
  return of(Kind::conflict, note);
}

// The server has not moved, and does not have ours.
Reconciled once_more(const Case& the) {
  if (!the.due.request) return of(the.copy.exists ? Kind::send_ours : Kind::create);
  if (!is_word(the.status()) || repeats(the.due) == 0) return of(Kind::repeat);
  const bool says_stored = the.status() < 300;
  if (says_stored && the.copy.removed) {
    return by_policy(the, Kind::create,
                     "The server says that it stored the form, and that the record was removed.");
  }
  if (says_stored || (!the.copy.exists && is_refusal_to_create(the.status()))) {
    return of(Kind::hold_collection,
              says_stored ? "The server says that it stored the form, but does not show it."
                          : "The server refuses to create the record, which is not there.");
  }
  return of(Kind::reject, "The server refuses the form although its own copy has not changed.");
}

Reconciled when_gone(const Case& the) {
  if (the.removes()) return of(Kind::removed);
  if (is_still_queued(the)) return of(Kind::read_again);
  if (creates(the.due) || the.due.accepted) return once_more(the);
  return by_policy(the, Kind::create, "The server removed the record.");
}

// The server refuses our tag, although it is the one it shows.
Reconciled when_unmoved(const Case& the) {
  if (is_still_queued(the)) return of(Kind::read_again);
  const std::string& tag = the.due.request->tag;
  if (the.status() != 412 || !tag.starts_with("W/")) return once_more(the);
  Reconciled other_form = of(Kind::send_ours);
  if (the.texts.sent) {
    other_form.kind = Kind::send_merged;
    other_form.merged = *the.texts.sent;
  }
  other_form.tag = opaque(tag);
  return other_form;
}

Reconciled when_there_remove(const Case& the) {
  if (is_refused_at_its_version(the)) return when_unmoved(the);
  const Submission& submission = the.due.submission;
  if (the.due.in_doubt) {
    return of(Kind::conflict, "The record may have been removed, and is there again.");
  }
  const bool named = submission.base == BaseKind::version && submission.base_version &&
                     same_state(submission.base_version->tag, the.copy.version);
  if (named || the.is_copy(the.texts.base, Strictness::faithful)) return of(Kind::send_ours);
  if (submission.base == BaseKind::unknown || submission.base == BaseKind::absent) {
    return of(Kind::conflict, "The record is there; nobody had seen it when it was removed.");
  }
  return by_policy(the, Kind::send_ours, "The server's copy changed.");
}

bool is_base_lost(const Case& the) {
  const Submission& submission = the.due.submission;
  const bool has_base = submission.base == BaseKind::version ||
                        (submission.base == BaseKind::after && the.due.base_content != 0);
  return has_base && !the.texts.base;
}

bool asks(ConflictPolicy policy) {
  return policy == ConflictPolicy::ask || policy == ConflictPolicy::manual;
}

Reconciled merged(const Case& the) {
  if (!the.texts.ours) return of(Kind::conflict, "The text of the form is not known.");
  if (is_base_lost(the) && asks(the.rules.policy)) {
    return of(Kind::conflict, "The text that it was written on is not known.");
  }
  return merge_texts(the.texts, the.copy.bytes, the.rules, the.body_limit);
}

Reconciled when_there_put(const Case& the) {
  if (the.is_copy(the.texts.sent, Strictness::values) ||
      the.is_copy(the.texts.ours, Strictness::values)) {
    return of(Kind::ours_is_there);
  }
  if (is_refused_at_its_version(the)) return when_unmoved(the);
  if (is_still_queued(the)) return of(Kind::read_again);
  const bool is_base = the.is_copy(the.texts.base, Strictness::faithful);
  if (the.due.accepted && !(is_base && !the.copy.version)) {
    return of(Kind::ours_is_there, "edited since");
  }
  if (is_base && the.due.accepted) return once_more(the);
  if (is_base) return of(Kind::send_ours);
  return merged(the);
}

bool needs_version(const Reconciled& result) {
  return (result.kind == Kind::send_ours || result.kind == Kind::send_merged) && result.tag.empty();
}

}  // namespace

bool is_word(int status) { return status >= 200 && status <= 499; }

bool creates(const Due& due) {
  if (due.submission.operation != Operation::put) return false;
  if (due.request) return due.request->precondition != Precondition::match;
  const BaseKind base = due.submission.base;
  return base == BaseKind::absent || base == BaseKind::unknown ||
         (base == BaseKind::after && due.base_content == 0);
}

Reconciled reconcile(const Due& due, const Texts& texts, const ServerCopy& copy,
                     const Profile& profile) {
  const Case the{due, texts, copy, profile.rules_of(due.submission.record.collection),
                 profile.body_limit};
  Reconciled result = !copy.exists    ? when_gone(the)
                      : the.removes() ? when_there_remove(the)
                                      : when_there_put(the);
  if (goes_again(result.kind) && is_key_refused_again(the)) {
    return of(Kind::reject, "The server says that a fresh key of the form was used before, too.");
  }
  if (!needs_version(result) || copy.version) return result;
  return of(Kind::read_again, "The server names no version of its copy to go by.");
}

}  // namespace lodge::queue
