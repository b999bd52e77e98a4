#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "lodge/client.hpp"
#include "lodge/testing/network.hpp"
#include "simulation/network.hpp"
#include "support/fault_vfs.hpp"

namespace lodge::test {

/// A fault that was planted in a process's disk and has not struck yet.
struct Trouble {
  Kind kind{};
  std::int64_t hits = 0;         ///< of the disk, when it was planted
  std::function<void()> then{};  ///< when it struck and the call has ended
};

/// One process of the application: its client, its disk's troubles, its line and its open windows.
/// It is stepped only when the real one would wake: at the time it asked for, when a reply arrived,
/// after a call, when another process rang or died.
struct Process {
  int number = 0;
  FaultVfs disk{};
  std::optional<Trouble> trouble{};
  std::shared_ptr<Line> line{};
  std::shared_ptr<testing::ScriptedNetwork> system{};
  Route route = Route::exists;
  std::unique_ptr<Client> client{};
  Subscription events{};
  std::vector<Draft> windows{};
  std::optional<Time> due{};  ///< on the timeline
  bool woken = false;
  bool stopped = false;     ///< it gets no time; its locks stay
  bool in_trouble = false;  ///< its disk fails now and then
  std::optional<Kind>
      wrong_hint{};         ///< what it was told of the network, and nothing came of it yet
  bool delivering = false;  ///< as last seen

  [[nodiscard]] bool runs() const { return client != nullptr && !stopped; }
};

}  // namespace lodge::test
