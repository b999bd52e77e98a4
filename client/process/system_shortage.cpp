#include "client/process/system_shortage.hpp"

#include <cerrno>

#include "storage/sqlite/system_error.hpp"

namespace lodge::client {

Error system_shortage(const std::system_error& error) {
  const int code = error.code().value();
  if (code != EAGAIN) return storage::system_error(code, error.what());
  return {Errc::out_of_memory,
          "The system gives this process no more threads. End some, or raise the limit (ulimit -u) "
          "or the memory it may use, then try again."};
}

}  // namespace lodge::client
