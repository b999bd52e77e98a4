#include <optional>

#include "client/curl/request_check.hpp"
#include "fuzz/fuzz.hpp"
#include "lodge/error.hpp"
#include "queue/http/uri.hpp"
#include "queue/http/url.hpp"

// Input: endpoint, template, collection, key and Location, a line each; the key may be the rest.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

std::optional<queue::Endpoint> endpoint_of(std::string_view text) {
  try {
    return queue::parse_endpoint(text, true);
  } catch (const Error& error) {
    require(error.code() == Errc::invalid_endpoint, "its own error");
    return std::nullopt;
  }
}

std::optional<std::string> address_of(const queue::Endpoint& endpoint, std::string_view pattern,
                                      const RecordId& id) {
  try {
    return queue::record_url(endpoint, pattern, id);
  } catch (const Error& error) {
    require(error.code() == Errc::invalid_endpoint || error.code() == Errc::invalid_key,
            "its own error");
    return std::nullopt;
  }
}

bool can_be_asked(const std::string& url) { return !client::refusal(Request{.url = url}); }

void judge_location(std::string_view base, std::string_view location) {
  const auto target = queue::resolve_location(base, location);
  if (!target) return;
  require(can_be_asked(*target), "the transport takes it");
  require(target->size() <= 20'000 && target->find('#') == std::string::npos, "no fragment");
  require(target->starts_with("http://") || target->starts_with("https://"), "http only");
  const auto again = queue::resolve_location(base, *target);
  require(again == target, "resolving twice changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const std::string_view endpoint_text = cut(input, "\n");
  const std::string_view pattern = cut(input, "\n");
  const std::string collection(cut(input, "\n"));
  const std::string_view location = cut(input, "\n");
  const RecordId id{collection, std::string(input)};
  (void)queue::same_origin(endpoint_text, location);
  judge_location("https://forms.example.org/v1/availability/ada", location);
  const auto endpoint = endpoint_of(endpoint_text);
  if (!endpoint) return 0;
  require(queue::parse_endpoint(endpoint->base, true) == *endpoint, "the normal form is stable");
  for (const std::string_view one : {queue::default_url_template, pattern}) {
    const auto url = address_of(*endpoint, one, id);
    if (!url) continue;
    require(queue::is_uri_text(*url), "only characters of an address");
    require(can_be_asked(*url), "the transport takes it");
    require(queue::same_origin(endpoint->base, *url), "a record is at its endpoint");
    judge_location(*url, location);
  }
  return 0;
}
