#include "client/testing/server/problem.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace lodge::reference {
namespace {

struct Kind {
  int status = 0;
  std::string_view slug{};
  std::string_view title{};
};

Kind kind_of(Problem kind) {
  switch (kind) {
    case Problem::malformed:
      return {400, "malformed-request", "The request is malformed"};
    case Problem::unauthorised:
      return {401, "unauthorised", "Sign-in is needed"};
    case Problem::unknown_path:
      return {404, "not-found", "There is no such record"};
    case Problem::unknown_collection:
      return {404, "unknown-collection", "There is no such collection"};
    case Problem::method_not_allowed:
      return {405, "method-not-allowed", "The method is not allowed here"};
    case Problem::deleted:
      return {410, "deleted", "The record was deleted"};
    case Problem::version_mismatch:
      return {412, "version-mismatch", "The version is another"};
    case Problem::too_large:
      return {413, "too-large", "The document is too large"};
    case Problem::media_type:
      return {415, "media-type", "The media type is not supported"};
    case Problem::key_reused:
      return {422, "idempotency-key-reused", "Idempotency-Key is already used"};
    case Problem::need_precondition:
      return {428, "precondition-required", "A precondition is required"};
    case Problem::fields_too_large:
      return {431, "fields-too-large", "The header is too large"};
    case Problem::internal:
      break;
  }
  return {500, "internal", "The server failed"};
}

// The host is reserved (RFC 2606 §2): the type is a name, not a page.
constexpr std::string_view type_prefix = "https://forms.example/problems/";

}  // namespace

Reply problem(Problem kind, std::string_view detail) {
  return problem(kind, detail, nlohmann::json::object());
}

Reply problem(Problem kind, std::string_view detail, const nlohmann::json& members) {
  const Kind known = kind_of(kind);
  nlohmann::json document = members;
  document["type"] = std::string(type_prefix).append(known.slug);
  document["title"] = known.title;
  document["status"] = known.status;
  document["detail"] = detail;
  Reply reply{.departures = 1, .status = known.status, .body = document.dump(), .loopback = true};
  reply.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  if (kind == Problem::method_not_allowed)
    reply.headers.push_back({"Allow", "GET, HEAD, PUT, DELETE"});
  return reply;
}

}  // namespace lodge::reference
