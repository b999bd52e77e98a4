#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lodge::demo {

enum class KeyKind {
  text,  ///< one printable character
  enter,
  tab,
  back_tab,
  up,
  down,
  left,
  right,
  home,
  end,
  backspace,
  erase,   ///< the "delete" key
  submit,  ///< F2, Ctrl-S
  quit,    ///< Ctrl-Q, Ctrl-C, Esc
  other,   ///< a key without a meaning here
};

struct Key {
  KeyKind kind = KeyKind::other;
  std::string text{};  ///< UTF-8, for KeyKind::text

  bool operator==(const Key&) const = default;
};

/// Turns the bytes of a terminal (ECMA-48, as xterm and the Linux console send them) into keys.
/// Bytes that are not UTF-8 are dropped.
class KeyReader {
 public:
  void feed(std::string_view bytes) { bytes_ += bytes; }

  /// The next key, or nothing while it is not complete. `is_all`: nothing more came for a while, so
  /// a lone Esc is the key itself and not the beginning of another.
  std::optional<Key> next(bool is_all = false);

  /// Whether bytes wait for more of their kind.
  [[nodiscard]] bool is_waiting() const { return !bytes_.empty(); }

 private:
  std::optional<Key> after_escape(bool is_all);
  std::optional<Key> character(bool is_all);
  Key take(std::size_t count, KeyKind kind);

  std::string bytes_;
};

}  // namespace lodge::demo
