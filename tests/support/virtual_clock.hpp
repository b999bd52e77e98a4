#pragma once

#include "lodge/testing/clock.hpp"

namespace lodge::test {

using testing::VirtualClock;

}  // namespace lodge::test
