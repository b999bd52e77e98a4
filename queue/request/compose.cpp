#include "queue/request/compose.hpp"

#include <utility>

#include "queue/answer/reconcile.hpp"
#include "queue/answer/verdict.hpp"
#include "queue/http/url.hpp"

namespace lodge::queue {
namespace {

using storage::Due;
using storage::Precondition;
using Kind = Reconciled::Kind;

struct Case {
  const Due& due;
  const Texts& texts;
  const Profile& profile;
  RequestKey fresh;

  [[nodiscard]] const Submission& submission() const { return due.submission; }
  [[nodiscard]] const Record& record() const { return due.record; }
  [[nodiscard]] bool is_base_named() const {
    return submission().base == BaseKind::version && submission().base_version.has_value();
  }
};

Open open(const Case& the, Precondition precondition, std::string tag = {}) {
  return {open_request(the.due, the.profile, the.fresh, precondition, std::move(tag))};
}

// The record moved on since the form was written: its text decides, never its tag alone.
Composed compare(const Case& the) {
  if (!the.record().version || !the.texts.server) return Check{};
  const ServerCopy copy{
      .exists = true, .bytes = *the.texts.server, .version = the.record().version};
  const Reconciled found = reconcile(the.due, the.texts, copy, the.profile);
  switch (found.kind) {
    case Kind::send_ours:
    case Kind::send_merged:
      return Open{request_for(the.due, found, copy, the.profile, the.fresh)};
    default:
      return Check{};  // an old copy proves no delivery, and no conflict either
  }
}

Composed put(const Case& the) {
  if (the.record().presence == Presence::present) {
    const bool on_it = the.is_base_named() && the.submission().base_version == the.record().version;
    return on_it ? open(the, Precondition::match, the.record().version->tag) : compare(the);
  }
  return creates(the.due) ? Composed(open(the, Precondition::absent)) : Composed(Check{});
}

Composed remove(const Case& the) {
  const auto& known = the.record().version;
  const bool unseen =
      the.submission().base == BaseKind::unknown || the.submission().base == BaseKind::absent;
  if (unseen || the.record().presence == Presence::absent) return Check{};
  if (the.is_base_named() && (!known || the.submission().base_version == known)) {
    return open(the, Precondition::match, the.submission().base_version->tag);
  }
  return compare(the);
}

bool is_for_this_endpoint(const Case& the) {
  return the.due.request->url ==
         record_url(the.profile.endpoint, the.profile.url_template, the.submission().record);
}

}  // namespace

Composed compose(const Due& due, const Texts& texts, const Profile& profile, RequestKey fresh) {
  if (due.step == Step::check) return Check{};
  const Case the{due, texts, profile, fresh};
  if (due.request) {
    return is_for_this_endpoint(the) ? Composed(Repeat{}) : Composed(Check{});
  }
  return due.submission.operation == Operation::put ? put(the) : remove(the);
}

}  // namespace lodge::queue
