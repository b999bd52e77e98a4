#pragma once

#include <netinet/in.h>

namespace lodge::benchmark {

/// 127.0.0.1 with this port; 0: any.
sockaddr_in loopback(int port);

/// A port of 127.0.0.1 that is free now.
int free_port();

}  // namespace lodge::benchmark
