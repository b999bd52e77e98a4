#pragma once

#include "lodge/testing/transport.hpp"

namespace lodge::test {

using testing::MemoryTransport;

}  // namespace lodge::test
