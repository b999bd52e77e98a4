#pragma once

#include <functional>
#include <future>
#include <string>

#include "client/hostile/bad_day.hpp"

// Troubles in short words.
namespace lodge::test {

using Trouble = HostileServer::Trouble;
using Serve = HostileServer::Serve;

inline bool writes(const SeenRequest& request) { return request.method != "GET"; }

/// The same to everything; the server hears of nothing.
inline Trouble always(Script script) {
  return [script = std::move(script)](const SeenRequest&, const Serve&) { return script; };
}

/// The same to every write; reads are served.
inline Trouble to_writes(Script script) {
  return [script = std::move(script)](const SeenRequest& request,
                                      const Serve&) -> std::optional<Script> {
    if (!writes(request)) return std::nullopt;
    return script;
  };
}

/// Writes are served, and their replies spoiled; reads are served.
inline Trouble spoiled(std::function<Script(const Reply&)> spoil) {
  return [spoil = std::move(spoil)](const SeenRequest& request,
                                    const Serve& serve) -> std::optional<Script> {
    if (!writes(request)) return std::nullopt;
    return spoil(serve());
  };
}

/// Writes are served, but the link dies before the reply, and stays dead.
inline Trouble lost(Script end) {
  return [end = std::move(end)](const SeenRequest& request, const Serve& serve) {
    if (writes(request)) serve();
    return end;
  };
}

inline Script problem_reply(int status, const std::string& title = "refused",
                            const std::string& lines = {}) {
  return reply_with(status, "Content-Type: application/problem+json\r\n" + lines,
                    R"({"title":")" + title + R"(","detail":"there is no such day"})");
}

inline Reply without(Reply reply, const std::string& name) {
  std::erase_if(reply.headers, [&](const Header& field) { return field.name == name; });
  return reply;
}

inline Reply with(Reply reply, Header field) {
  reply = without(std::move(reply), field.name);
  reply.headers.push_back(std::move(field));
  return reply;
}

/// Plays `act` over every wire that there is.
inline void each_wire(const std::function<void(BadDay&)>& act) {
  for (const Wire wire : every_wire) {
    CAPTURE(std::string(name(wire)));
    if (!can_have(wire)) continue;
    BadDay day(wire);
    act(day);
  }
}

}  // namespace lodge::test
