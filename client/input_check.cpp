#include "client/input_check.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "lodge/error.hpp"
#include "queue/http/ascii.hpp"
#include "queue/http/etag.hpp"
#include "queue/http/header_check.hpp"
#include "queue/http/url.hpp"
#include "queue/http/utf8.hpp"

namespace lodge::client {
namespace {

constexpr std::size_t longest_content_type = 1'000;

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(Errc::invalid_argument, sentence);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
}

std::string begun_with_capital(std::string_view what) {
  std::string text(what);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

void check_durations(const Options& options) {
  const auto at_least = [](std::chrono::milliseconds value, int least, const char* name) {
    if (value.count() < least) {
      refuse(std::string("Options::") + name + " is less than " + std::to_string(least) +
             " ms. Give it a longer time.");
    }
  };
  at_least(options.spread, 0, "spread");
  at_least(options.connect_timeout, 1, "connect_timeout");
  at_least(options.autosave_idle, 0, "autosave_idle");
  at_least(options.autosave_latest, 0, "autosave_latest");
}

void check_urls(const Options& options) {
  if (options.probe_url.empty()) return;
  queue::parse_endpoint(options.probe_url, options.allow_plain_http, "Options::probe_url");
}

void check_content_type(const std::string& type) {
  const auto ends_line = [](char c) { return queue::is_control(c) && c != '\t'; };
  if (std::ranges::any_of(type, ends_line)) {
    throw Error(
        Errc::invalid_header,
        "Options::content_type holds a line break or another control character. Remove it.");
  }
  if (type.size() > longest_content_type) {
    throw Error(Errc::invalid_header,
                "Options::content_type is longer than 1,000 bytes. Shorten it.");
  }
}

void check_header_name(const char* option, const std::string& name) {
  if (name.empty()) return;
  try {
    queue::check_header(name, "");
  } catch (const Error& error) {
    throw Error(error.code(),
                std::string("Options::") + option + " cannot be used. " + error.what());
  }
}

void check_headers(const Options& options) {
  check_content_type(options.content_type);
  check_header_name("effective_at_header", options.effective_at_header);
  check_header_name("reason_header", options.reason_header);
}

}  // namespace

void check_text(std::string_view what, std::string_view text, std::size_t longest) {
  if (text.size() > longest) {
    refuse(begun_with_capital(what) + " is longer than " + std::to_string(longest) +
           " bytes. Shorten it.");
  }
  if (!queue::valid_utf8(text)) refuse(begun_with_capital(what) + " is not UTF-8. Convert it.");
  if (std::ranges::any_of(text, is_control)) {
    refuse(begun_with_capital(what) + " holds control characters. Leave them out.");
  }
}

void check_lane(std::string_view lane) {
  if (lane.empty()) refuse("A lane's name is empty. Use \"normal\".");
  check_text("a lane's name", lane, longest_label);
}

void check_version(const Version& version) {
  const queue::ETag tag = queue::parse_etag(version.tag);
  if (tag.kind == queue::ETagKind::invalid || tag.text != version.tag) {
    refuse("The version is no entity tag. Give it as the server gave it, quotes included.");
  }
}

void check_effective_at(const std::optional<Time>& time) {
  using namespace std::chrono;
  constexpr Time first = sys_days(year(0) / January / 1);
  constexpr Time end = sys_days(year(10'000) / January / 1);
  if (!time || (*time >= first && *time < end)) return;
  refuse(
      "The effective time lies outside the years 0 to 9999, all that RFC 3339 can say. Give a "
      "time within them.");
}

void check_draft(const Draft& draft) {
  if (draft.id == SubmissionId{}) refuse("The draft has no id. Begin with edit().");
  queue::check_record_id(draft.record);
  check_lane(draft.lane);
  check_text("an identity", draft.identity, longest_label);
}

Options checked(Options options) {
  if (options.store.empty()) refuse("Options::store is empty. Give the path of the store's file.");
  if (options.in_flight < 1 || options.in_flight > 256) {
    refuse("Options::in_flight is not 1 to 256. Give a number within.");
  }
  if (options.depth_limit < 1 || options.depth_limit > 64) {
    refuse("Options::depth_limit is not 1 to 64. Give a number within.");
  }
  if (options.body_limit < 2) refuse("Options::body_limit is less than 2 bytes. Raise it.");
  if (options.outbox_limit < 1) refuse("Options::outbox_limit is less than 1. Raise it.");
  if (options.outbox_bytes < 1) refuse("Options::outbox_bytes is less than 1. Raise it.");
  if (!(options.retry.factor >= 1) || options.retry.floor.count() < 0 ||
      options.retry.first.count() < 1 || options.retry.ceiling < options.retry.floor) {
    refuse(
        "Options::retry cannot work. Give it a positive first, a factor of at least 1, and a floor "
        "between 0 and ceiling.");
  }
  check_durations(options);
  check_text("Options::identity", options.identity, longest_label);
  check_urls(options);
  check_headers(options);
  return options;
}

}  // namespace lodge::client
