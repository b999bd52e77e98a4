#include "client/process/quiet_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace lodge::client {
namespace {

// A new thread inherits the mask. Faults stay deliverable: they belong to the code that makes them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) {
      sigdelset(&all, fault);
    }
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

std::thread start_quiet_thread([[maybe_unused]] const char* name, std::function<void()> body) {
  const SignalsBlocked blocked;
  return std::thread([name, body = std::move(body)] {
#ifdef __linux__
    pthread_setname_np(pthread_self(), name);
#endif
    body();
  });
}

}  // namespace lodge::client
