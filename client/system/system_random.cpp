#include "client/system/system_random.hpp"

#include <unistd.h>

#include "lodge/error.hpp"

namespace lodge::client {

RandomSource system_random() {
  return [] {
    std::uint64_t bits = 0;
    if (::getentropy(&bits, sizeof bits) != 0)
      throw Error(Errc::io, "The system gives no random numbers. Make /dev/urandom readable.");
    return bits;
  };
}

}  // namespace lodge::client
