#include "storage/sqlite/write_lock_holder.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lodge::storage {
namespace {

namespace fs = std::filesystem;

/// A line such as "lock:  1: OFDLCK ADVISORY  WRITE -1 fe:00:4711 0 0"; the last two are the range.
bool locks_first_byte(const fs::path& description) {
  std::ifstream lines(description);
  for (std::string line; std::getline(lines, line);) {
    long long first = -1;
    if (std::sscanf(line.c_str(), "lock: %*d: OFDLCK %*s WRITE %*d %*s %lld", &first) == 1 &&
        first == 0)
      return true;
  }
  return false;
}

/// The system shows a lock only at the descriptors through which it was taken.
bool has_lock(const fs::path& process, const struct stat& file) {
  std::error_code error;
  for (fs::directory_iterator one(process / "fd", error), end; !error && one != end;
       one.increment(error)) {
    struct stat open {};
    if (stat(one->path().c_str(), &open) == 0 && open.st_dev == file.st_dev &&
        open.st_ino == file.st_ino && locks_first_byte(process / "fdinfo" / one->path().filename()))
      return true;
  }
  return false;
}

}  // namespace

std::string write_lock_holder(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return {};
  std::error_code error;
  for (fs::directory_iterator one("/proc", error), end; !error && one != end;
       one.increment(error)) {
    const std::string number = one->path().filename();
    if (number.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_lock(one->path(), file)) continue;
    std::string program;
    std::ifstream comm(one->path() / "comm");
    std::getline(comm, program);
    return "process " + number + (program.empty() ? "" : " (" + program + ")");
  }
  return {};
}

}  // namespace lodge::storage
