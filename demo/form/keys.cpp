#include "demo/form/keys.hpp"

#include <array>
#include <utility>

namespace lodge::demo {
namespace {

constexpr char escape = '\x1b';

constexpr std::array<std::pair<std::string_view, KeyKind>, 21> sequences{{
    {"[A", KeyKind::up},     {"[B", KeyKind::down},     {"[C", KeyKind::right},
    {"[D", KeyKind::left},   {"OA", KeyKind::up},       {"OB", KeyKind::down},
    {"OC", KeyKind::right},  {"OD", KeyKind::left},     {"[H", KeyKind::home},
    {"[F", KeyKind::end},    {"OH", KeyKind::home},     {"OF", KeyKind::end},
    {"[1~", KeyKind::home},  {"[4~", KeyKind::end},     {"[7~", KeyKind::home},
    {"[8~", KeyKind::end},   {"[3~", KeyKind::erase},   {"[Z", KeyKind::back_tab},
    {"OQ", KeyKind::submit}, {"[12~", KeyKind::submit}, {"[[B", KeyKind::submit},
}};

KeyKind control_key(char byte) {
  switch (byte) {
    case '\r':
    case '\n':
      return KeyKind::enter;
    case '\t':
      return KeyKind::tab;
    case '\x7f':
    case '\b':
      return KeyKind::backspace;
    case '\x13':  // Ctrl-S
      return KeyKind::submit;
    case '\x11':  // Ctrl-Q
    case '\x03':  // Ctrl-C
      return KeyKind::quit;
    case '\x01':  // Ctrl-A
      return KeyKind::home;
    case '\x05':  // Ctrl-E
      return KeyKind::end;
    default:
      return KeyKind::other;
  }
}

bool is_final(char byte) { return byte >= '@' && byte <= '~'; }

// How long the sequence behind Esc is; 0: not complete.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return 0;
  if (text[0] == 'O') return 2;
  if (text[0] != '[') return 1;
  if (text[1] == '[') return text.size() < 3 ? 0 : 3;  // the Linux console's function keys
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (is_final(text[at])) return at + 1;
  }
  return 0;
}

// 0: not the first byte of a character (RFC 3629).
std::size_t character_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// The second byte decides about overlong forms, surrogates and what is beyond U+10FFFF.
bool may_follow(unsigned char first, unsigned char second) {
  const unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  return second >= least && second <= most;
}

}  // namespace

Key KeyReader::take(std::size_t count, KeyKind kind) {
  Key key{kind, kind == KeyKind::text ? bytes_.substr(0, count) : std::string()};
  bytes_.erase(0, count);
  return key;
}

std::optional<Key> KeyReader::next(bool is_all) {
  if (bytes_.empty()) return std::nullopt;
  const char first = bytes_.front();
  if (first == escape) return after_escape(is_all);
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x20 || byte == 0x7F) return take(1, control_key(first));
  return character(is_all);
}

std::optional<Key> KeyReader::after_escape(bool is_all) {
  const std::string_view text = std::string_view(bytes_).substr(1);
  const bool begins = !text.empty() && (text[0] == '[' || text[0] == 'O');
  if (!begins) {
    if (text.empty() && !is_all) return std::nullopt;
    return take(1, KeyKind::quit);
  }
  const std::size_t length = sequence_length(text);
  if (length == 0) {
    if (!is_all) return std::nullopt;
    return take(bytes_.size(), KeyKind::other);
  }
  for (const auto& [sequence, kind] : sequences) {
    if (text.substr(0, length) == sequence) return take(1 + length, kind);
  }
  return take(1 + length, KeyKind::other);
}

std::optional<Key> KeyReader::character(bool is_all) {
  const auto first = static_cast<unsigned char>(bytes_.front());
  const std::size_t length = character_length(first);
  if (length == 0) return take(1, KeyKind::other);
  for (std::size_t at = 1; at < length; ++at) {
    if (at == bytes_.size()) {
      if (!is_all) return std::nullopt;
      return take(at, KeyKind::other);
    }
    const auto byte = static_cast<unsigned char>(bytes_[at]);
    const bool fits = at == 1 ? may_follow(first, byte) : (byte & 0xC0U) == 0x80U;
    if (!fits) return take(at, KeyKind::other);
  }
  // C1 controls (U+0080 to U+009F) are characters, but not printable ones.
  const bool is_control = first == 0xC2 && static_cast<unsigned char>(bytes_[1]) < 0xA0;
  return take(length, is_control ? KeyKind::other : KeyKind::text);
}

}  // namespace lodge::demo
