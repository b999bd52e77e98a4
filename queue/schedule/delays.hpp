#pragma once

#include "queue/answer/classify.hpp"

// How long replies make a form, or a group, wait.
namespace lodge::queue {

/// `tries` + 1, saturating.
int one_more(int tries);

/// The server's Retry-After, as far as it is obeyed, and a quarter on top at most, so that those who
/// were told the same do not return together. Zero where it asked for nothing.
Duration asked_wait(const Meaning& meaning, const Profile& profile, double chance);

/// After the `tries`th failed try of a form.
Duration own_wait(const Meaning& meaning, int tries, const Profile& profile, double chance);

/// Before the request that a check sends back to the wire goes: 0 to 1 s for the first five, then
/// growing.
Duration round_wait(int rounds, const Profile& profile, double chance);

}  // namespace lodge::queue
