#include "storage/sqlite/file_identity.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/sqlite/file_descriptor.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge::storage;
using lodge::test::TemporaryFolder;

namespace {

FileDescriptor opened(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

}  // namespace

TEST_CASE("a file is the same by its path and by its descriptor, and as stat says") {
  const TemporaryFolder folder;
  const auto path = folder / "a";
  const FileDescriptor file = opened(path);
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  CHECK(identity_at(path) == FileIdentity{status.st_dev, status.st_ino});
  CHECK(identity_of(file.get()) == identity_at(path));
}

TEST_CASE("what took a file's place is another file, even a link to it") {
  const TemporaryFolder folder;
  const auto path = folder / "a";
  const FileDescriptor file = opened(path);
  std::filesystem::rename(path, folder / "b");
  CHECK_FALSE(identity_at(path));
  CHECK(identity_of(file.get()) == identity_at(folder / "b"));
  std::filesystem::create_symlink(folder / "b", path);
  CHECK(identity_at(path));
  CHECK(identity_at(path) != identity_of(file.get()));
}

TEST_CASE("no file, and no descriptor, is none") {
  const TemporaryFolder folder;
  CHECK_FALSE(identity_at(folder / "nothing"));
  CHECK_FALSE(identity_at(""));
  CHECK_FALSE(identity_of(-1));
}
