#include "client/input_check.hpp"

#include <algorithm>
#include <string>

#include "lodge/error.hpp"
#include "queue/http/etag.hpp"
#include "queue/http/url.hpp"
#include "queue/http/utf8.hpp"

namespace lodge::client {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(Errc::invalid_argument, sentence);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
}

void check_durations(const Options& options) {
  const auto at_least = [](std::chrono::milliseconds value, int least, const char* name) {
    if (value.count() < least) {
      refuse(std::string("Options::") + name + " must be at least " + std::to_string(least) +
             " ms");
    }
  };
  at_least(options.spread, 0, "spread");
  at_least(options.connect_timeout, 1, "connect_timeout");
  at_least(options.autosave_idle, 0, "autosave_idle");
  at_least(options.autosave_latest, 0, "autosave_latest");
}

}  // namespace

void check_text(std::string_view what, std::string_view text, std::size_t longest) {
  if (text.size() > longest) {
    refuse(std::string(what) + " is longer than " + std::to_string(longest) + " bytes");
  }
  if (!queue::valid_utf8(text)) refuse(std::string(what) + " is not UTF-8");
  if (std::ranges::any_of(text, is_control)) {
    refuse(std::string(what) + " holds control characters; leave them out");
  }
}

void check_lane(std::string_view lane) {
  if (lane.empty()) refuse("a lane has a name; use \"normal\"");
  check_text("a lane's name", lane, longest_label);
}

void check_version(const Version& version) {
  const queue::ETag tag = queue::parse_etag(version.tag);
  if (tag.kind == queue::ETagKind::invalid || tag.text != version.tag) {
    refuse("a version is an entity tag as the server gave it, quotes included");
  }
}

void check_draft(const Draft& draft) {
  queue::check_record_id(draft.record);
  check_lane(draft.lane);
  check_text("an identity", draft.identity, longest_label);
}

Options checked(Options options) {
  if (options.store.empty()) refuse("Options::store is empty: give the path of the store's file");
  if (options.in_flight < 1 || options.in_flight > 256) {
    refuse("Options::in_flight must be 1 to 256");
  }
  if (options.depth_limit < 1 || options.depth_limit > 64) {
    refuse("Options::depth_limit must be 1 to 64");
  }
  if (options.body_limit < 2) refuse("Options::body_limit must be at least 2 bytes");
  if (options.outbox_limit < 1) refuse("Options::outbox_limit must be at least 1");
  if (options.outbox_bytes < 1) refuse("Options::outbox_bytes must be at least 1");
  if (!(options.retry.factor >= 1) || options.retry.floor.count() < 0 ||
      options.retry.first.count() < 1 || options.retry.ceiling < options.retry.floor) {
    refuse(
        "Options::retry: first must be positive, factor at least 1, floor between 0 and ceiling");
  }
  check_durations(options);
  check_text("Options::identity", options.identity, longest_label);
  return options;
}

}  // namespace lodge::client
