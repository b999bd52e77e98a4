// A client without threads: whoever calls does the work.

#include <algorithm>

#include "client/client_impl.hpp"
#include "client/delivery/earlier.hpp"

namespace lodge {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What other processes do wakes nobody here.
constexpr milliseconds look_around{50};
// For a transport on a clock that stands still, whose answers never come to an end.
constexpr int most_passes = 100'000;

}  // namespace

Client::Impl::Stepped Client::Impl::step_by_hand(bool eager) {
  const auto autosave = autosaver->step(clock->now());
  const auto result = worker->run_once(eager);
  Stepped stepped{.again = autosave, .idle = result.idle};
  if (result.again_in) {
    const Time again = clock->now() + *result.again_in;
    stepped.again = client::earlier(autosave, again);
  }
  return stepped;
}

/// Steps until `done`, at most `patience`; false when it is not.
bool Client::Impl::run_by_hand(bool eager, milliseconds patience,
                               const std::function<bool(bool idle)>& done) {
  const auto deadline = Steady::now() + patience;
  bool is_done = false;
  {
    const client::Worker::ByHand by_hand(*worker);
    for (int passes = 0; passes < most_passes; ++passes) {
      const Stepped stepped = step_by_hand(eager);
      is_done = done(stepped.idle);
      if (is_done || !may_wait_by_hand(stepped.again, deadline)) break;
    }
  }
  worker->wake();  // when to step next, the host has not been told
  return is_done;
}

/// Waits a moment for something to happen. False: nothing more will come in time, or a clock of the
/// host's says when, and that may stand still.
bool Client::Impl::may_wait_by_hand(const std::optional<Time>& again, Steady::time_point deadline) {
  const Time now = clock->now();
  const bool at_once = again && *again <= now;
  if (options.clock) return at_once;
  auto wait = std::chrono::ceil<milliseconds>(deadline - Steady::now());
  if (wait <= milliseconds(0)) return false;
  if (at_once) return true;
  if (again) wait = std::min(wait, std::chrono::ceil<milliseconds>(*again - now));
  worker->wait_for_wake(std::min(wait, look_around));
  return true;
}

std::string Client::Impl::words_of_no_answer() const {
  if (!options.threads && options.clock) {
    return "The server has not answered yet, and with a clock of the host's own nothing waits: a "
           "later step takes the answer in.";
  }
  return "The server did not answer in time. Try again later; what is known of the record stays.";
}

std::optional<Time> Client::step() {
  impl_->check_process();
  if (impl_->options.threads) {
    throw Error(Errc::wrong_state,
                "This client has threads, which do what step() does. Open it with Options::threads "
                "= false, or leave step() out.");
  }
  const client::Worker::ByHand by_hand(*impl_->worker);
  return impl_->step_by_hand(false).again;
}

}  // namespace lodge
