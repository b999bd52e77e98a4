#include "client/delivery/authorizer.hpp"

#include <exception>

#include "lodge/error.hpp"
#include "queue/http/header_check.hpp"

namespace lodge::client {

Authorizer::Known Authorizer::ask(const std::string& identity, bool refresh) const {
  Known known{.headers = std::nullopt, .words = {}, .refreshed = refresh};
  if (!ask_) {
    if (!refresh) known.headers.emplace();
    known.words = "the server asks for credentials, and Options::authorize is not set";
    return known;
  }
  try {
    std::vector<Header> headers = ask_({.identity = identity, .refresh = refresh});
    for (const Header& field : headers) queue::check_header(field.name, field.value);
    if (refresh && headers.empty()) {
      known.words = "Options::authorize returned no fresh credentials";
    } else {
      known.headers = std::move(headers);
    }
  } catch (const Error& error) {
    known.words = error.what();
  } catch (const std::exception&) {
    // The host's words may hold a secret; they stay out of the store and the log.
    known.words = "Options::authorize failed with an exception";
  } catch (...) {
    known.words = "Options::authorize failed";
  }
  return known;
}

std::optional<std::vector<Header>> Authorizer::headers(const std::string& identity,
                                                       std::string& words) {
  auto found = known_.find(identity);
  if (found == known_.end()) found = known_.emplace(identity, ask(identity, false)).first;
  words = found->second.words;
  return found->second.headers;
}

std::optional<std::vector<Header>> Authorizer::refresh(const std::string& identity,
                                                       std::string& words) {
  auto& known = known_[identity];
  if (!known.refreshed) known = ask(identity, true);
  words = known.words;
  return known.headers;
}

}  // namespace lodge::client
