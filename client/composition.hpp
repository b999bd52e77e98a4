#pragma once

#include <memory>

#include "lodge/options.hpp"

namespace lodge::client {

// What a client is made of on this system, where Options names no replacement.
std::shared_ptr<Transport> system_transport(const Options& options);
std::shared_ptr<NetworkSource> system_network();

}  // namespace lodge::client
