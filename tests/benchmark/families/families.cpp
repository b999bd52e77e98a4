#include "benchmark/families/families.hpp"

namespace lodge::benchmark {

std::span<const Family> families() {
  static constexpr Family all[] = {
      {"control", "A against A: what this machine's figures are worth", measure_control},
      {"counts", "S2: syncs, writes and bytes of a submit", measure_counts},
      {"submit", "S1, S4: durable submit, one thread", measure_submit},
      {"bulk", "submit_all", measure_bulk},
      {"group", "G1 to G3: durable submit, many threads", measure_group},
      {"flush", "F1 to F5: emptying a backlog", measure_flush},
      {"tls", "the same over TLS, HTTP/1.1 and HTTP/2, behind nginx", measure_tls},
      {"beside", "G4: submit while a flush drains", measure_beside},
      {"autosave", "X1: what autosave costs who types (a minute)", measure_autosave},
      {"close", "X2: closing with requests in flight", measure_close},
      {"idle", "I1: wake-ups while nothing happens (2 minutes)", measure_idle},
      {"link", "I2: link up to answered request (root)", measure_link},
      {"scale", "B1, B2: a large store (--rows, 100,000)", measure_scale},
      {"crash", "B3: open after kill -9 with a full log", measure_crash},
      {"footprint", "size, memory, compile time", measure_footprint},
      {"peers", "P1: Paho MQTT C with mosquitto", measure_peers},
      {"calls", "system calls of a submit and a delivered form (strace)", measure_calls, false},
      {"instructions", "S3: instructions under callgrind (slow)", measure_instructions, false},
  };
  return all;
}

}  // namespace lodge::benchmark
