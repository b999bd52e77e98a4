#pragma once

#include "client/testing/server/forms_server.hpp"

namespace lodge::demo {

// The demonstration's server is the reference server, which the test kit has.
using namespace lodge::reference;  // NOLINT(google-build-using-namespace)

}  // namespace lodge::demo
