#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "queue/http/url.hpp"
#include "queue/request/compose.hpp"

namespace lodge::queue {
namespace {

// The key as a structured string (RFC 8941 §3.3.3), in the canonical form of RFC 9562 §4.
std::string quoted(const RequestKey& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\"";
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[key.bytes[i] >> 4U];
    text += digits[key.bytes[i] & 0xFU];
  }
  return text + '"';
}

// "2026-11-21T07:19:00.000Z" (RFC 3339 §5.6).
std::string iso_text(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

// Doubled for each try that failed, since most that fail late fail by time.
std::chrono::seconds patience(int tries) {
  constexpr std::chrono::seconds shortest(15);
  constexpr std::chrono::seconds longest(120);
  const int doublings = std::clamp(tries, 0, 4);
  return std::min(shortest * (1 << doublings), longest);
}

void add_precondition(Request& request, const storage::StoredRequest& stored) {
  if (stored.precondition == storage::Precondition::absent) {
    request.headers.push_back({"If-None-Match", "*"});
  } else if (stored.precondition == storage::Precondition::match) {
    request.headers.push_back({"If-Match", stored.tag});
  }
}

// CouchDB, for one, calls a document text/plain to those who do not ask for JSON.
std::string accepted_types(const Profile& profile) {
  const std::string json = "application/json";
  const std::string own = profile.content_type.substr(0, profile.content_type.find(';'));
  return own == json ? json : own + ", " + json + ";q=0.9";
}

}  // namespace

Request wire_request(const storage::Due& due, const storage::StoredRequest& stored,
                     std::string body, const Profile& profile) {
  const Submission& submission = due.submission;
  Request request;
  request.url = stored.url;
  request.patience = patience(submission.tries);
  add_precondition(request, stored);
  if (submission.operation == Operation::put) {
    request.method = Method::put;
    request.body = std::move(body);
    request.headers.push_back({"Content-Type", profile.content_type});
  } else {
    request.method = Method::del;
  }
  request.headers.push_back({"Idempotency-Key", quoted(stored.key)});
  if (submission.effective_at && !profile.effective_at_header.empty()) {
    request.headers.push_back({profile.effective_at_header, iso_text(*submission.effective_at)});
  }
  if (!submission.reason.empty() && !profile.reason_header.empty()) {
    request.headers.push_back({profile.reason_header, percent_encode(submission.reason)});
  }
  return request;
}

Request check_request(const storage::Due& due, const Profile& profile) {
  constexpr std::size_t for_what_the_server_adds = std::size_t{64} << 10;
  Request request;
  request.method = Method::get;
  request.url = record_url(profile.endpoint, profile.url_template, due.submission.record);
  request.headers = {{"Accept", accepted_types(profile)},
                     {"Accept-Encoding", "identity"},
                     {"Cache-Control", "no-cache"}};
  request.reply_limit = profile.body_limit + for_what_the_server_adds;
  request.patience = patience(due.submission.tries);
  return request;
}

}  // namespace lodge::queue
