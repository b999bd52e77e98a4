#include <system_error>

#include "client/network/network_polling.hpp"
#include "lodge/network.hpp"
#ifdef __linux__
#include "client/network/network_linux.hpp"
#endif

namespace lodge {

std::string_view name(Route route) {
  switch (route) {
    case Route::unknown:
      return "unknown";
    case Route::none:
      return "none";
    case Route::exists:
      return "exists";
  }
  return "?";
}

std::unique_ptr<NetworkSource> system_network_source() {
#ifdef __linux__
  try {
    return std::make_unique<client::LinuxNetworkSource>();
  } catch (const std::system_error&) {
    // A sandbox without netlink: looking is still possible.
  }
#endif
  return std::make_unique<client::PollingNetworkSource>();
}

}  // namespace lodge
