#include "client/delivery/refresher.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "queue/request/compose.hpp"

namespace lodge::client {

std::future<Refresher::Found> Refresher::request(const RecordId& record,
                                                 const std::string& identity) {
  Read read{.record = record, .identity = identity};
  auto future = read.promise.get_future();
  const std::lock_guard lock(mutex_);
  if (closed_) {
    read.promise.set_value({.answered = false, .words = "the client is being closed"});
  } else {
    requested_.push_back(std::move(read));
  }
  return future;
}

void Refresher::start_requested() {
  std::vector<Read> reads;
  {
    const std::lock_guard lock(mutex_);
    reads = std::exchange(requested_, {});
  }
  for (Read& read : reads) {
    std::string words;
    auto credentials = authorizer_.headers(read.identity, words);
    if (!credentials) {
      read.promise.set_value({.answered = false, .words = std::move(words)});
      continue;
    }
    storage::Due due;
    due.submission.record = read.record;
    read.request = queue::check_request(due, profile_);
    Request request = read.request;
    request.headers.insert(request.headers.end(), credentials->begin(), credentials->end());
    read.secrets = Secrets(*credentials);
    const TransferId id = next_id_++;
    under_way_.emplace(id, std::move(read));
    transport_.start(id, std::move(request));
  }
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
  const Time now = clock_.now();
  queue::Meaning meaning = queue::classify_check(read.request, reply, profile_, now);
  read.secrets.hide(meaning.problem);
  if (meaning.sign_in && !read.refreshed) {
    read.refreshed = true;
    std::string words;
    if (auto credentials = authorizer_.refresh(read.identity, words)) {
      Request again = read.request;
      again.headers.insert(again.headers.end(), credentials->begin(), credentials->end());
      read.secrets = Secrets(*credentials);
      transport_.start(id, std::move(again));
      return;
    }
  }
  Found result;
  try {
    if (meaning.gone) {
      result.stale_drafts = store_.learn(read.record, {.presence = Presence::absent},
                                         {.at = now, .who = "lodge", .why = "refresh"});
      result.answered = true;
    } else if (meaning.outcome == queue::Outcome::done) {
      storage::RecordLearned learned{.presence = Presence::present, .version = meaning.version};
      if (!meaning.unreadable) {  // else it is there, and its text is not to be had
        learned.text = storage::RecordLearned::Text::given;
        learned.bytes = reply.body;
      }
      result.stale_drafts =
          store_.learn(read.record, learned, {.at = now, .who = "lodge", .why = "refresh"});
      result.answered = true;
    } else {
      result.words = !meaning.problem.empty() ? meaning.problem
                     : reply.status != 0 ? "the server answered " + std::to_string(reply.status)
                                         : "no answer: " + std::string(name(reply.error));
    }
  } catch (const Error& error) {
    result.words = error.what();
  }
  read.promise.set_value(std::move(result));
  under_way_.erase(found);
}

void Refresher::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (Read& read : requested_) {
    Found none;
    try {
      none.words = "the client is being closed";
    } catch (const std::bad_alloc&) {
      none.words = "closing";  // short enough to need no memory
    }
    read.promise.set_value(std::move(none));
  }
  requested_.clear();
}

}  // namespace lodge::client
