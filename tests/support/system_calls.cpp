#include "support/system_calls.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <stdexcept>
#include <string_view>

namespace lodge::test::system_calls {
namespace {

std::atomic<std::int64_t> countdown{0};  // calls until the end; 0: none is planned
std::atomic<bool> counting{false};
std::atomic<std::int64_t> calls{0};
std::atomic<int> trouble{0};
std::atomic<std::int64_t> failures{0};
std::atomic<int> store_file{-1};

/// True when this call is the one that it ends in.
bool is_last() {
  if (!counting) return false;
  ++calls;
  return countdown > 0 && --countdown == 0;
}

void end_if_last() {
  if (is_last()) ::kill(getpid(), SIGKILL);
}

bool fails() {
  const int error = trouble;
  if (error == 0) return false;
  errno = error;
  ++failures;
  return true;
}

bool is_companion(std::string_view path) {
  return path.ends_with("-wal") || path.ends_with("-shm") || path.ends_with("-journal");
}

int open_file(const char* path, int flags, int mode) {
  if ((flags & O_CREAT) != 0) {
    end_if_last();
    if (::access(path, F_OK) != 0 && fails()) return -1;
  }
  const int file = ::open(path, flags | O_CLOEXEC, mode);
  if (file >= 0 && (flags & O_ACCMODE) == O_RDWR && !is_companion(path)) store_file = file;
  return file;
}

ssize_t write_at(int file, const void* bytes, std::size_t count, off_t place) {
  if (fails()) return -1;
  if (file == store_file && countdown > 0) counting = true;
  if (is_last()) {
    static_cast<void>(!::pwrite(file, bytes, count / 2, place));
    ::kill(getpid(), SIGKILL);
  }
  return ::pwrite(file, bytes, count, place);
}

int cut(int file, off_t size) {
  if (fails()) return -1;
  end_if_last();
  return ::ftruncate(file, size);
}

int remove_file(const char* path) {
  if (fails()) return -1;
  end_if_last();
  return ::unlink(path);
}

int control(int file, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (command == F_SETLK) end_if_last();
  return ::fcntl(file, command, argument);
}

template <class Function>
void replace(sqlite3_vfs* vfs, const char* name, Function function) {
  const auto call = reinterpret_cast<sqlite3_syscall_ptr>(function);
  if (vfs->xSetSystemCall(vfs, name, call) != SQLITE_OK)
    throw std::runtime_error("SQLite knows no such call");
}

}  // namespace

void watch() {
  sqlite3_vfs* vfs = sqlite3_vfs_find("unix");
  if (vfs == nullptr || vfs->iVersion < 3) throw std::runtime_error("no system calls to replace");
  replace(vfs, "open", open_file);
  replace(vfs, "pwrite", write_at);
  replace(vfs, "pwrite64", write_at);
  replace(vfs, "ftruncate", cut);
  replace(vfs, "unlink", remove_file);
  replace(vfs, "fcntl", control);
}

void kill_at(std::int64_t nth, From from) {
  calls = 0;
  countdown = nth;
  counting = from == From::now;
}

std::int64_t counted() { return calls; }

void fail_changes(int error) { trouble = error; }

std::int64_t failed() { return failures; }

}  // namespace lodge::test::system_calls
