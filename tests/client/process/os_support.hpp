#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>

namespace lodge::test {

constexpr std::chrono::seconds patience{10};     // for what must happen
constexpr std::chrono::milliseconds quiet{100};  // for what must not

/// A new folder that goes with the object.
class OsFolder {
 public:
  OsFolder();
  OsFolder(const OsFolder&) = delete;
  OsFolder& operator=(const OsFolder&) = delete;
  ~OsFolder();
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Counts calls from another thread.
class CallCount {
 public:
  void add();
  [[nodiscard]] int now() const;
  /// False when `count` is not reached in time.
  [[nodiscard]] bool reaches(int count, std::chrono::milliseconds limit = patience) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int count_ = 0;
};

/// A forked child that runs `body` and then blocks until it is ended. The constructor returns when
/// the body has.
class Child {
 public:
  explicit Child(const std::function<void()>& body);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// SIGKILL, and waits until it is gone.
  void kill();
  void stop() const;

 private:
  pid_t pid_ = -1;
};

/// Runs `body` in a forked child and returns what it found wrong: nothing when all is well.
std::string complaint_of_child(const std::function<std::string()>& body);

/// Collects what a child finds wrong.
class Complaints {
 public:
  void expect(bool holds, const std::string& what) {
    if (!holds) text_ += (text_.empty() ? "" : "; ") + what;
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
};

constexpr const char* no_namespace = "no network namespace to be had";

/// A network namespace of its own for this (child) process, loopback down. False where that is
/// forbidden.
bool enter_network_namespace();

bool set_loopback(bool up);

/// Whether the shell can run that; for what `ip` sets up in a namespace.
bool succeeds(const char* command);

/// How often the threads named `name` of this process have begun to wait; -1 without such a thread.
long switches_of_threads(const std::string& name);

/// Waits for nothing, for that long.
void stay_idle_for(std::chrono::milliseconds time);

}  // namespace lodge::test
