#include "client/delivery/refresher.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "queue/request/compose.hpp"

namespace lodge::client {
namespace {

// What the reply shows of the record; empty where it says nothing about it.
std::optional<storage::RecordLearned> shown_by(const queue::Meaning& meaning, const Reply& reply) {
  using storage::RecordLearned;
  if (meaning.gone) return RecordLearned{.presence = Presence::absent};
  if (meaning.outcome != queue::Outcome::done) return std::nullopt;
  RecordLearned learned{.presence = Presence::present, .version = meaning.version};
  if (!meaning.unreadable) {  // else it is there, and its text is not to be had
    learned.text = RecordLearned::Text::given;
    learned.bytes = reply.body;
  }
  return learned;
}

std::string why_nothing(const queue::Meaning& meaning, const Reply& reply) {
  if (!meaning.problem.empty()) return meaning.problem;
  if (reply.status != 0) return "the server answered " + std::to_string(reply.status);
  return "no answer: " + std::string(name(reply.error));
}

Refresher::Found closing() {
  Refresher::Found none;
  try {
    none.words = "the client is being closed";
  } catch (const std::bad_alloc&) {
    none.words = "closing";  // short enough to need no memory
  }
  return none;
}

}  // namespace

std::future<Refresher::Found> Refresher::request(const RecordId& record,
                                                 const std::string& identity) {
  std::promise<Found> promise;
  auto future = promise.get_future();
  const std::lock_guard lock(mutex_);
  if (closed_) {
    promise.set_value(closing());
    return future;
  }
  const std::uint64_t caller = ++callers_;
  requested_.push_back({.caller = caller, .record = record, .identity = identity});
  waiting_.emplace(caller, std::move(promise));
  return future;
}

void Refresher::start_requested() {
  std::vector<Read> reads;
  {
    const std::lock_guard lock(mutex_);
    reads = std::exchange(requested_, {});
  }
  for (Read& read : reads) {
    const std::uint64_t caller = read.caller;
    try {
      begin(std::move(read));
    } catch (const Error& error) {
      tell(caller, {.words = error.what()});
    } catch (const std::bad_alloc&) {
      tell(caller, {.words = "out of memory"});  // short enough to need none
    }
  }
}

void Refresher::begin(Read read) {
  std::string words;
  const auto credentials = authorizer_.headers(read.identity, words);
  if (!credentials) {
    tell(read.caller, {.words = std::move(words)});
    return;
  }
  storage::Due due;
  due.submission.record = read.record;
  read.request = queue::check_request(due, profile_);
  start(read, *credentials);
}

// Under an id of its own each time: what came to an earlier request must not answer this one.
void Refresher::start(Read& read, const std::vector<Header>& credentials) {
  Request request = read.request;
  request.headers.insert(request.headers.end(), credentials.begin(), credentials.end());
  read.asked_with = {.record = store_.record(read.record).value_or(Record{}),
                     .content = store_.record_content(read.record)};
  read.secrets = Secrets(credentials);
  const TransferId id = next_id_++;
  under_way_.emplace(id, std::move(read));
  transport_.start(id, std::move(request));
}

void Refresher::take(std::vector<Finished>& finished) {
  const auto others = [](const Finished& one) { return one.id < first_id; };
  const auto own = std::stable_partition(finished.begin(), finished.end(), others);
  for (auto one = own; one != finished.end(); ++one) answer(one->id, one->reply);
  finished.erase(own, finished.end());
}

void Refresher::answer(TransferId id, const Reply& reply) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  Read& read = found->second;
  const std::uint64_t caller = read.caller;
  queue::Meaning meaning = queue::classify_check(read.request, reply, profile_, clock_.now());
  read.secrets.hide(meaning.problem);
  std::optional<Found> result;
  try {
    if (!resend(read, meaning)) result = settle(read, meaning, reply);
  } catch (const Error& error) {
    result = Found{.words = error.what()};
  }
  if (result) tell(caller, *std::move(result));
  under_way_.erase(found);
}

// To the address that the server named, or with fresh credentials. True when it went.
bool Refresher::resend(Read& read, const queue::Meaning& meaning) {
  std::string words;
  std::optional<std::vector<Header>> credentials;
  if (meaning.outcome == queue::Outcome::follow && read.hops < queue::longest_redirect_chain) {
    ++read.hops;
    read.request.url = meaning.location;  // a relative Location that follows starts here
    credentials = authorizer_.headers(read.identity, words);
  } else if (meaning.sign_in && !read.refreshed) {
    read.refreshed = true;
    credentials = authorizer_.refresh(read.identity, words);
  }
  if (credentials) start(read, *credentials);
  return credentials.has_value();
}

// What it came to; empty: it is asked for once more.
std::optional<Refresher::Found> Refresher::settle(Read& read, const queue::Meaning& meaning,
                                                  const Reply& reply) {
  const auto shown = shown_by(meaning, reply);
  if (!shown) return Found{.words = why_nothing(meaning, reply)};
  storage::Learned learned = store_.learn(read.record, *shown, read.asked_with,
                                          {.at = clock_.now(), .who = "lodge", .why = "refresh"});
  if (!learned.taken && ask_again(read)) return std::nullopt;
  return Found{.answered = true, .stale_drafts = std::move(learned.stale_drafts)};
}

bool Refresher::ask_again(Read& read) {
  if (std::exchange(read.repeated, true)) return false;
  std::string words;
  const auto credentials = authorizer_.headers(read.identity, words);
  if (credentials) start(read, *credentials);
  return credentials.has_value();
}

void Refresher::tell(std::uint64_t caller, Found found) {
  const std::lock_guard lock(mutex_);
  if (auto one = waiting_.extract(caller)) one.mapped().set_value(std::move(found));
}

void Refresher::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  requested_.clear();
  for (auto& [caller, promise] : waiting_) promise.set_value(closing());
  waiting_.clear();
}

}  // namespace lodge::client
