#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lodge/conflict.hpp"
#include "lodge/retry.hpp"
#include "lodge/time.hpp"
#include "queue/http/url.hpp"

namespace lodge::queue {

/// What the application says of one collection.
struct CollectionRules {
  ConflictPolicy policy = ConflictPolicy::ask;
  std::vector<std::string> server_members{};  ///< top-level members the server owns ("_rev")
};

/// What is known of the endpoint and of how to talk to it.
struct Profile {
  Endpoint endpoint{};
  std::string url_template = "{base}/{collection}/{id}";
  std::string content_type = "application/json";
  std::string
      effective_at_header{};    ///< name of the header that carries effective_at; empty: not sent
  std::string reason_header{};  ///< likewise for the reason (percent-encoded UTF-8)
  RetryPolicy retry{};
  Duration longest_retry_after = std::chrono::hours(1);
  Duration probe_interval = std::chrono::minutes(15);  ///< every hold ends by then: one probe
  std::size_t body_limit = std::size_t{10} << 20;
  CollectionRules rules{};
  std::map<std::string, CollectionRules> collections{};

  /// What a Retry-After obeyed in full may come to: a quarter is spread on top of it.
  [[nodiscard]] Duration longest_patience() const {
    const Duration asked = std::max(longest_retry_after, Duration::zero());
    return asked + asked / 4;
  }
  /// No hold that ends by itself lasts longer; a time further away comes from another clock.
  [[nodiscard]] Duration longest_hold() const {
    return std::max(longest_patience(), probe_interval);
  }

  [[nodiscard]] const CollectionRules& rules_of(const std::string& collection) const {
    const auto found = collections.find(collection);
    return found == collections.end() ? rules : found->second;
  }
};

}  // namespace lodge::queue
