#include "lodge/status.hpp"

namespace lodge {

std::string_view name(ServerState state) {
  switch (state) {
    case ServerState::unknown:
      return "unknown";
    case ServerState::ok:
      return "ok";
    case ServerState::busy:
      return "busy";
    case ServerState::unreachable:
      return "unreachable";
  }
  return "?";
}

}  // namespace lodge
