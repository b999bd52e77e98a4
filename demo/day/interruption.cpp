#include "demo/day/interruption.hpp"

#include <csignal>
#include <initializer_list>

namespace lodge::demo {
namespace {

volatile std::sig_atomic_t came = 0;

void remember(int signal) { came = signal; }

}  // namespace

void catch_interruptions() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remember);
}

void check_interruption() {
  if (came != 0) throw Interrupted(came);
}

}  // namespace lodge::demo
