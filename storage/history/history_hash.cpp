#include "storage/history/history_hash.hpp"

#include <string>

#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

void append_number(std::string& text, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
}

void append_field(std::string& text, std::string_view field) {
  append_number(text, field.size(), 4);
  text += field;
}

void append_field(std::string& text, std::int64_t field) {
  append_number(text, 8, 4);
  append_number(text, static_cast<std::uint64_t>(field), 8);
}

}  // namespace

Digest entry_hash(const Digest& previous, const HashedEntry& entry) {
  std::string text;
  text.reserve(512);
  text.append(previous.bytes.begin(), previous.bytes.end());
  append_field(text, entry.number);
  append_field(text, entry.at);
  for (const auto field : {entry.who, entry.action, entry.why, entry.collection, entry.key,
                           entry.submission, entry.state, entry.version, entry.before, entry.after})
    append_field(text, field);
  return digest_of(text);
}

}  // namespace lodge::storage
