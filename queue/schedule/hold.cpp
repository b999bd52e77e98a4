#include "lodge/hold.hpp"

namespace lodge {

std::string_view name(Path path) {
  switch (path) {
    case Path::unknown:
      return "unknown";
    case Path::offline:
      return "offline";
    case Path::captive:
      return "captive";
    case Path::online:
      return "online";
  }
  return "unknown";
}

std::string_view name(HoldReason reason) {
  switch (reason) {
    case HoldReason::none:
      return "none";
    case HoldReason::no_endpoint:
      return "no_endpoint";
    case HoldReason::offline:
      return "offline";
    case HoldReason::intercepted:
      return "intercepted";
    case HoldReason::unreachable:
      return "unreachable";
    case HoldReason::busy:
      return "busy";
    case HoldReason::backing_off:
      return "backing_off";
    case HoldReason::behind:
      return "behind";
    case HoldReason::paused:
      return "paused";
    case HoldReason::sign_in:
      return "sign_in";
    case HoldReason::refused:
      return "refused";
    case HoldReason::other_process:
      return "other_process";
    case HoldReason::needs_decision:
      return "needs_decision";
    case HoldReason::was_rejected:
      return "was_rejected";
    case HoldReason::settled:
      return "settled";
  }
  return "none";
}

}  // namespace lodge
