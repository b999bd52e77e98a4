#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lodge::demo {

/// One line of UTF-8 that is being edited. The cursor stands between characters (code points) and
/// never inside one.
class TextLine {
 public:
  TextLine() = default;
  /// The cursor is at the end.
  explicit TextLine(std::string text) : text_(std::move(text)), cursor_(text_.size()) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  /// How many characters stand before the cursor.
  [[nodiscard]] std::size_t column() const;

  void insert(std::string_view characters);
  /// These say whether they changed the text.
  bool erase_before();
  bool erase_after();
  void left();
  void right();
  void home() { cursor_ = 0; }
  void end() { cursor_ = text_.size(); }

 private:
  [[nodiscard]] std::size_t before(std::size_t at) const;
  [[nodiscard]] std::size_t after(std::size_t at) const;

  std::string text_;
  std::size_t cursor_ = 0;  // in bytes
};

/// How many characters `text` has; a broken one counts as its bytes do.
std::size_t character_count(std::string_view text);

/// The first `count` characters of `text`.
std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace lodge::demo
