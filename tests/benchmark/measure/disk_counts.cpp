#include "benchmark/measure/disk_counts.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>

namespace {

std::atomic<std::int64_t> syncs{0};
std::atomic<std::int64_t> writes{0};
std::atomic<std::int64_t> bytes{0};

template <class Function>
Function libc(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

ssize_t counted(ssize_t written) {
  ++writes;
  if (written > 0) bytes += written;
  return written;
}

}  // namespace

extern "C" {

int fsync(int file) {
  static const auto real = libc<int (*)(int)>("fsync");
  ++syncs;
  return real(file);
}

int fdatasync(int file) {
  static const auto real = libc<int (*)(int)>("fdatasync");
  ++syncs;
  return real(file);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  static const auto real = libc<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return counted(real(file, data, size, offset));
}

ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  static const auto real = libc<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return counted(real(file, data, size, offset));
}
}

namespace lodge::benchmark {

DiskCounts disk_counts() { return {syncs, writes, bytes}; }

DiskCounts operator-(const DiskCounts& left, const DiskCounts& right) {
  return {left.syncs - right.syncs, left.writes - right.writes, left.bytes - right.bytes};
}

}  // namespace lodge::benchmark
