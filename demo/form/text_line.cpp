#include "demo/form/text_line.hpp"

#include <algorithm>

namespace lodge::demo {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !continues(byte); }));
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  while (end < text.size()) {
    if (!continues(text[end]) && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

std::size_t TextLine::before(std::size_t at) const {
  if (at == 0) return 0;
  do {
    --at;
  } while (at > 0 && continues(text_[at]));
  return at;
}

std::size_t TextLine::after(std::size_t at) const {
  if (at < text_.size()) ++at;
  while (at < text_.size() && continues(text_[at])) ++at;
  return at;
}

std::size_t TextLine::column() const {
  return character_count(std::string_view(text_).substr(0, cursor_));
}

void TextLine::insert(std::string_view characters) {
  text_.insert(cursor_, characters);
  cursor_ += characters.size();
}

bool TextLine::erase_before() {
  const std::size_t from = before(cursor_);
  if (from == cursor_) return false;
  text_.erase(from, cursor_ - from);
  cursor_ = from;
  return true;
}

bool TextLine::erase_after() {
  const std::size_t to = after(cursor_);
  if (to == cursor_) return false;
  text_.erase(cursor_, to - cursor_);
  return true;
}

void TextLine::left() { cursor_ = before(cursor_); }

void TextLine::right() { cursor_ = after(cursor_); }

}  // namespace lodge::demo
