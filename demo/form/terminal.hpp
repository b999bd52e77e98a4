#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace lodge::demo {

/// The terminal in raw mode, on its alternate screen, until this is destroyed or a signal ends the
/// program: both put it back as it was. One at a time.
class Terminal {
 public:
  /// Throws std::runtime_error when standard input is no terminal.
  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  /// Waits for bytes, a wake(), a signal or the end of patience, and returns the bytes if any came.
  std::string read(std::chrono::milliseconds patience);
  /// Ends a read() under way; from any thread and from signal handlers.
  static void wake() noexcept;
  /// The signal that wants the program to end, or that the input ended (SIGHUP); empty: go on.
  [[nodiscard]] std::optional<int> ended() const;

  [[nodiscard]] int width() const;
  void write(const std::string& text);

 private:
  bool input_ended_ = false;
};

}  // namespace lodge::demo
