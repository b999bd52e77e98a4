#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "benchmark/measure/report.hpp"

namespace lodge::benchmark {

struct Settings {
  std::size_t bytes = 600;  ///< of a form
  int rounds = 7;
  long rows = 100'000;  ///< for `scale`
};

/// A family of figures under a name.
struct Family {
  const char* name;
  const char* about;
  void (*measure)(Report&, const Settings&);
  bool by_default = true;
};
std::span<const Family> families();

void measure_submit(Report&, const Settings&);
void measure_counts(Report&, const Settings&);
void measure_instructions(Report&, const Settings&);
void measure_group(Report&, const Settings&);
void measure_bulk(Report&, const Settings&);
void measure_flush(Report&, const Settings&);
void measure_tls(Report&, const Settings&);
void measure_beside(Report&, const Settings&);
void measure_scale(Report&, const Settings&);
void measure_crash(Report&, const Settings&);
void measure_control(Report&, const Settings&);
void measure_idle(Report&, const Settings&);
void measure_link(Report&, const Settings&);
void measure_close(Report&, const Settings&);
void measure_autosave(Report&, const Settings&);
void measure_footprint(Report&, const Settings&);
void measure_peers(Report&, const Settings&);
void measure_calls(Report&, const Settings&);

/// What callgrind and strace watch, in a process of its own: "submit", "save", "autosave",
/// "open-500", "file", "deliver", "bare-submit", "bare-save", and "send:URL", which delivers to a
/// server what was filed.
int do_work(const std::string& what, int count, std::size_t bytes);

}  // namespace lodge::benchmark
