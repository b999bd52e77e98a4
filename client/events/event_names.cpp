#include "lodge/event.hpp"

namespace lodge {

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::draft_saved:
      return "draft_saved";
    case EventKind::autosave_failed:
      return "autosave_failed";
    case EventKind::draft_stale:
      return "draft_stale";
    case EventKind::submitted:
      return "submitted";
    case EventKind::state_changed:
      return "state_changed";
    case EventKind::delivered:
      return "delivered";
    case EventKind::conflict:
      return "conflict";
    case EventKind::rejected:
      return "rejected";
    case EventKind::network_changed:
      return "network_changed";
    case EventKind::hold_changed:
      return "hold_changed";
    case EventKind::delivery_failed:
      return "delivery_failed";
    case EventKind::handler_failed:
      return "handler_failed";
    case EventKind::history_lost:
      return "history_lost";
  }
  return "?";
}

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

}  // namespace lodge
