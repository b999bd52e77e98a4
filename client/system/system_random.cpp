#include "client/system/system_random.hpp"

#include <sodium.h>

#include "lodge/error.hpp"

namespace lodge::client {

RandomSource system_random() {
  if (sodium_init() < 0) {
    throw Error(Errc::io, "the system gives no random numbers; make /dev/urandom readable");
  }
  return [] {
    std::uint64_t bits = 0;
    randombytes_buf(&bits, sizeof bits);
    return bits;
  };
}

}  // namespace lodge::client
