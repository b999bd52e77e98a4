#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lodge/time.hpp"
#include "queue/request/profile.hpp"

namespace lodge::test {

/// What a server says to a request that it cannot or will not serve.
enum class Overload {
  busy,     ///< 503 with Retry-After: 30
  bare,     ///< 503 without a word on when
  silence,  ///< nothing: the client gives up after 30 s, in doubt
  gateway,  ///< 502 by what is before it
  error,    ///< 500
  refuses,  ///< no connection
};

std::string name(Overload overload);

struct FleetCase {
  int machines = 10'000;
  int forms = 1;
  int in_flight = 16;
  int capacity = 100;  ///< requests a second
  Overload overload = Overload::busy;
  Duration spread{5'000};
  Duration down{0};                           ///< at first everything fails as `overload` says
  Duration patience = std::chrono::hours(4);  ///< the run ends then, delivered or not
  std::uint64_t seed = 1;
};

struct FleetRun {
  std::uint64_t requests = 0;  ///< since the server works
  std::uint64_t successes = 0;
  std::uint64_t worst_second = 0;  ///< requests that reach, or would reach, the working server
  Duration nearly_all{};           ///< until 99 % were delivered, since the server works
  Duration all{};
  // While it is down.
  std::uint64_t probes = 0;
  std::uint64_t worst_second_down = 0;  ///< after the first quarter of an hour
  double probes_per_interval = 0;       ///< and machine, in the mean after the first hour
  int most_in_interval = 0;             ///< of one machine, in any quarter of an hour after that
  int in_doubt = 0;                     ///< forms, at its end
};

/// All machines come back in the same second. Deterministic.
FleetRun run_fleet(const FleetCase& fleet);

}  // namespace lodge::test
