#pragma once

#include <functional>
#include <thread>

namespace lodge::client {

/// Starts a thread that takes none of the host's signals, named for debuggers (at most 15
/// characters). Throws std::system_error when the system gives no thread.
std::thread start_quiet_thread(const char* name, std::function<void()> body);

}  // namespace lodge::client
