#include "lodge/error.hpp"

namespace lodge {

std::string_view name(Errc code) {
  switch (code) {
    case Errc::invalid_content:
      return "invalid_content";
    case Errc::invalid_key:
      return "invalid_key";
    case Errc::invalid_header:
      return "invalid_header";
    case Errc::invalid_endpoint:
      return "invalid_endpoint";
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::no_endpoint:
      return "no_endpoint";
    case Errc::endpoint_changed:
      return "endpoint_changed";
    case Errc::not_found:
      return "not_found";
    case Errc::wrong_state:
      return "wrong_state";
    case Errc::already_submitted:
      return "already_submitted";
    case Errc::stale_draft:
      return "stale_draft";
    case Errc::has_followers:
      return "has_followers";
    case Errc::maybe_received:
      return "maybe_received";
    case Errc::version_moved:
      return "version_moved";
    case Errc::outbox_full:
      return "outbox_full";
    case Errc::in_handler:
      return "in_handler";
    case Errc::wrong_process:
      return "wrong_process";
    case Errc::disk_full:
      return "disk_full";
    case Errc::io:
      return "io";
    case Errc::read_only:
      return "read_only";
    case Errc::permission:
      return "permission";
    case Errc::out_of_memory:
      return "out_of_memory";
    case Errc::store_busy:
      return "store_busy";
    case Errc::store_damaged:
      return "store_damaged";
    case Errc::store_moved:
      return "store_moved";
    case Errc::store_too_new:
      return "store_too_new";
    case Errc::not_a_store:
      return "not_a_store";
    case Errc::broken_invariant:
      return "broken_invariant";
  }
  return "unknown";
}

}  // namespace lodge
