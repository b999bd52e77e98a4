#include "queue/schedule/delays.hpp"

#include <algorithm>
#include <limits>

namespace lodge::queue {
namespace {

constexpr int patient_from = 8;  // answers of 500
constexpr int quick_rounds = 5;

}  // namespace

int one_more(int tries) {
  return tries == std::numeric_limits<int>::max() ? tries : std::max(tries, 0) + 1;
}

Duration asked_wait(const Meaning& meaning, const Profile& profile, double chance) {
  if (!meaning.wait) return Duration::zero();
  const Duration wait = std::clamp(*meaning.wait, Duration::zero(),
                                   std::max(profile.longest_retry_after, Duration::zero()));
  return wait + spread(wait / 4, chance);
}

Duration own_wait(const Meaning& meaning, int tries, const Profile& profile, double chance) {
  Duration wait = backoff(profile.retry, tries, chance);
  if (meaning.slowly) {
    const Duration half = profile.retry.ceiling / 2;
    wait = std::max(wait, half + spread(half, chance));
  }
  if (meaning.status == 500 && tries >= patient_from) wait = profile.probe_interval;
  return std::max(wait, asked_wait(meaning, profile, chance));
}

Duration round_wait(int rounds, const Profile& profile, double chance) {
  if (rounds < quick_rounds) return spread(std::chrono::seconds(1), chance);
  return backoff(profile.retry, rounds - quick_rounds + 1, chance);
}

}  // namespace lodge::queue
