#include "storage/sqlite/store_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/schema/schema.hpp"
#include "storage/sqlite/file_descriptor.hpp"
#include "storage/sqlite/system_error.hpp"

namespace lodge::storage {
namespace {

constexpr mode_t private_file = S_IRUSR | S_IWUSR;
constexpr std::string_view companions[] = {"-wal", "-shm", "-journal", "-write", "-mark"};

struct Registry {
  std::mutex mutex;
  std::vector<FileIdentity> open;
};

// Never destroyed: a client may be a static object too.
Registry& registry() {
  static auto* const instance = new Registry;
  return *instance;
}

bool is_open_here(const FileIdentity& identity) {
  auto& known = registry();
  const std::lock_guard lock(known.mutex);
  return std::find(known.open.begin(), known.open.end(), identity) != known.open.end();
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw system_error(errno, "looking for the store");
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

void sync_folder(const std::string& folder) {
  const FileDescriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be searched but not read cannot be synced; the store works without.
  if (!descriptor) return;
  if (fsync(descriptor.get()) != 0 && errno != EINVAL)
    throw system_error(errno, "syncing the store's folder");
}

/// The new file's entry, and that of its folder, which may be as new, survive a power cut. Nothing
/// when another process was a moment earlier.
std::optional<FileIdentity> create(const std::string& path) {
  const FileDescriptor file(
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, private_file));
  if (!file && errno == EEXIST) return std::nullopt;
  if (!file) throw system_error(errno, "creating the store");
  const auto identity = identity_of(file.get());
  if (!identity || fchmod(file.get(), private_file) != 0 || fsync(file.get()) != 0)
    throw system_error(errno, "creating the store");
  sync_folder(folder_of(path));
  sync_folder(folder_of(folder_of(path)));
  return identity;
}

void refuse_network(const std::string& path) {
  struct statfs status {};
  if (statfs(folder_of(path).c_str(), &status) != 0)
    throw system_error(errno, "asking for the store's file system");
  if (is_network_file_system(static_cast<std::uint32_t>(status.f_type)))
    throw Error(Errc::io,
                "The store's folder is on a network file system, where commits cannot be trusted. "
                "Put the store on a local disk.");
}

void check_kind(const struct stat& status) {
  if (S_ISLNK(status.st_mode))
    throw Error(Errc::permission,
                "The store's path is a link, which lodge does not follow. Name the file itself.");
  if (S_ISDIR(status.st_mode))
    throw Error(Errc::not_a_store, "The store's path is a folder. Name a file inside it.");
  if (!S_ISREG(status.st_mode))
    throw Error(Errc::not_a_store,
                "The store's path is a device, pipe or socket. Name an ordinary file.");
  if (status.st_uid != geteuid())
    throw Error(Errc::permission,
                "The store belongs to another user. Run as its owner, or name another path.");
}

/// The log and shared memory hold content too: a file planted in their place would give it away.
void check_companions(const std::string& path) {
  for (const auto suffix : companions) {
    const auto status = status_of(path + std::string(suffix));
    if (!status) continue;
    if (!S_ISREG(status->st_mode) || status->st_uid != geteuid())
      throw Error(Errc::permission, "The file beside the store that ends in \"" +
                                        std::string(suffix) +
                                        "\" is a link, not a file, or another user's. Remove it.");
  }
}

bool has_log(const std::string& path) {
  const auto log = status_of(path + "-wal");
  return log && S_ISREG(log->st_mode) && log->st_size > 0;
}

void refuse_log_alone() {
  throw Error(Errc::store_damaged,
              "The store's file is missing or empty, but its log (\"-wal\") is there and may hold "
              "forms. Put the file back, or move the log away to begin anew.");
}

std::uint32_t big_endian(const unsigned char* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

/// A rollback journal of a file that was empty: its creation was cut short, and SQLite undoes it.
bool is_creation_cut_short(const std::string& path) {
  constexpr unsigned char magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
  const FileDescriptor journal(
      open((path + "-journal").c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  std::array<unsigned char, 20> head{};
  return journal && pread(journal.get(), head.data(), head.size(), 0) == ssize_t{head.size()} &&
         std::equal(std::begin(magic), std::end(magic), head.begin()) && big_endian(&head[16]) == 0;
}

/// Looks at the first bytes, before SQLite does anything that could write to another program's
/// file.
void check_header(const std::string& path, const FileIdentity& identity) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) throw system_error(errno, "opening the store");
  const auto opened = identity_of(file.get());
  if (!opened) throw system_error(errno, "opening the store");
  if (opened != identity)
    throw Error(Errc::store_moved, "The store was replaced while being opened. Try again.");
  std::array<unsigned char, 100> head{};  // SQLite's database header
  const auto size = pread(file.get(), head.data(), head.size(), 0);
  if (size < 0) throw system_error(errno, "reading the store");
  const bool is_database = size == ssize_t{head.size()} &&
                           std::string_view(reinterpret_cast<const char*>(head.data()), 16) ==
                               std::string_view("SQLite format 3", 16);
  if (is_database && big_endian(&head[68]) == std::uint32_t{application_id}) {
    if (big_endian(&head[60]) > static_cast<std::uint32_t>(migrations().back().to))
      throw Error(Errc::store_too_new,
                  "The store was written by a newer lodge. Install that version (or newer) to open "
                  "it; nothing was changed.");
  } else if (is_creation_cut_short(path)) {
    return;
  } else if (is_database) {
    throw Error(Errc::not_a_store,
                "The file is another program's database. Name another path for the store.");
  } else {
    throw Error(Errc::not_a_store,
                "The file is not a lodge store, or its beginning was overwritten. Name another "
                "path, or restore a backup.");
  }
}

/// A store that came here by copying may be readable for others.
void close_to_others(const std::string& path) {
  const auto close_one = [](const std::string& file) {
    const auto status = status_of(file);
    if (!status || !S_ISREG(status->st_mode) || (status->st_mode & 077) == 0) return;
    if (chmod(file.c_str(), private_file) != 0)
      throw system_error(errno, "closing the store to other users");
  };
  close_one(path);
  for (const auto suffix : companions) close_one(path + std::string(suffix));
}

}  // namespace

std::string resolved_store_path(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto file = slash == std::string::npos ? path : path.substr(slash + 1);
  if (file.empty() || file == "." || file == "..")
    throw Error(Errc::not_a_store, "The store's path is a folder. Name a file inside it.");
  const auto folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
  const std::unique_ptr<char, void (*)(void*)> real(realpath(folder.c_str(), nullptr), std::free);
  if (!real) throw system_error(errno, "looking for the store's folder");
  const std::string resolved(real.get());
  return (resolved == "/" ? resolved : resolved + "/") + file;
}

std::mutex& opening_stores() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

FileIdentity prepare_store_file(const std::string& path, bool may_create) {
  refuse_network(path);
  check_companions(path);
  // Before the store: another process may just be making both, and the log comes last.
  const bool logged = has_log(path);
  const auto status = status_of(path);
  if (logged && (!status || (S_ISREG(status->st_mode) && status->st_size == 0))) refuse_log_alone();
  if (!status) {
    if (!may_create) throw system_error(ENOENT, "opening the store");
    const auto made = create(path);
    return made ? *made : prepare_store_file(path, may_create);
  }
  check_kind(*status);
  const FileIdentity identity{status->st_dev, status->st_ino};
  if (status->st_size > 0 && !is_open_here(identity)) check_header(path, identity);
  if (may_create) close_to_others(path);
  return identity;
}

void explain_refusal(const std::string& path) {
  const auto explain = [](int error) {
    const Error reason = system_error(error, {});
    if (reason.code() != Errc::io) throw reason;
  };
  // It has no name, and is gone when it is closed.
  const FileDescriptor file(
      open(folder_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, private_file));
  if (!file) return explain(errno);
  constexpr std::array<char, 4'096> page{};
  if (pwrite(file.get(), page.data(), page.size(), 0) < 0) explain(errno);
}

OpenStore::OpenStore(const FileIdentity& identity) : identity_(identity) {
  auto& known = registry();
  const std::lock_guard lock(known.mutex);
  known.open.push_back(identity);
}

OpenStore::~OpenStore() {
  auto& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto place = std::find(known.open.begin(), known.open.end(), identity_);
  if (place != known.open.end()) known.open.erase(place);
}

void OpenStore::remember_log(const std::string& path) {
  log_ = identity_at(path + "-wal");
  memory_ = identity_at(path + "-shm");
}

bool OpenStore::has_moved(const std::string& path) const {
  return identity_at(path) != identity_ || (log_ && identity_at(path + "-wal") != log_) ||
         (memory_ && identity_at(path + "-shm") != memory_);
}

bool is_network_file_system(std::uint64_t type) {
  constexpr std::uint64_t shared[] = {
      0x6969,      // NFS
      0x517b,      // SMB
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB2
      0x564c,      // NCP
      0x5346414f,  // AFS
      0x73757245,  // Coda
      0x00c36400,  // Ceph
      0x0bd00bd0,  // Lustre
      0x01021997,  // 9P
  };
  return std::find(std::begin(shared), std::end(shared), type) != std::end(shared);
}

}  // namespace lodge::storage
