#include "client/process/system_shortage.hpp"

#include <cerrno>
#include <string>

#include "client/process/os_support.hpp"
#include "client/process/process_fd.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/few_descriptors.hpp"

namespace lodge::test {
namespace {

Error shortage_of(int error) {
  return client::system_shortage(std::system_error(error, std::generic_category(), "call"));
}

bool says(const Error& error, const std::string& words) {
  return std::string(error.what()).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("what the system does not give is an error that says what to do") {
  CHECK(shortage_of(EMFILE).code() == Errc::io);
  CHECK(says(shortage_of(EMFILE), "ulimit -n"));
  CHECK(shortage_of(EAGAIN).code() == Errc::out_of_memory);
  CHECK(says(shortage_of(EAGAIN), "ulimit -u"));
  CHECK(shortage_of(ENOMEM).code() == Errc::out_of_memory);
  CHECK(says(shortage_of(EBADF), "call"));
}

TEST_CASE("P15: a file beside the store that there is no descriptor for says what to do", "[P15]") {
  const OsFolder folder;
  CHECK(complaint_of_child([&] {
          const FewDescriptors none(0);
          const auto error =
              error_of([&] { static_cast<void>(client::open_store_file(folder / "x-flush")); });
          return error && says(*error, "ulimit -n") ? std::string() : std::string("no advice");
        }) == "");
}

}  // namespace lodge::test
