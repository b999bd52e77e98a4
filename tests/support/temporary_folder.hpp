#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace lodge::test {

/// A folder of the test's own (0700), removed with all that is in it. In memory where possible, so
/// that a sync costs nothing.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((place() / "lodge-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = std::filesystem::canonical(path_).string();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  static std::filesystem::path place() {
    constexpr const char* in_memory = "/dev/shm";
    return ::access(in_memory, W_OK) == 0 ? in_memory : std::filesystem::temp_directory_path();
  }

  std::string path_;
};

}  // namespace lodge::test
