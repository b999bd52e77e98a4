#include "demo/day/workplace.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "demo/day/settings.hpp"

namespace lodge::demo {

namespace fs = std::filesystem;

Workplace::Workplace(const std::string& keep) : folder_(keep), keeps_(!keep.empty()) {
  if (!keeps_) {
    folder_ = (fs::temp_directory_path() / "lodge-demo-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) {
      throw std::runtime_error("no temporary folder can be made for the store");
    }
    return;
  }
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + folder_);
  }
  if (fs::exists(store())) throw UsageError(store() + " exists already; choose another folder");
}

Workplace::~Workplace() {
  std::error_code ignored;
  if (!keeps_) fs::remove_all(folder_, ignored);
}

}  // namespace lodge::demo
