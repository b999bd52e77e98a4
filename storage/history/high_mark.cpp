#include "storage/history/high_mark.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>

#include "storage/records/hex.hpp"
#include "storage/sqlite/file_descriptor.hpp"
#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

constexpr std::string_view title = "lodge mark 1\n";
constexpr std::size_t longest = 512;

/// The rest of the line that begins with `name`, which is taken off the text.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(name)) return std::nullopt;
  const auto value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<Digest> digest_from(std::string_view hex) {
  Digest digest;
  if (hex.size() != 2 * digest.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

bool write_all(int file, std::string_view text) {
  return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

std::string mark_path(const std::string& store) { return store + "-mark"; }

std::string mark_text(const HighMark& mark) {
  std::string text(title);
  text += "store " + mark.store + "\nentry " + std::to_string(mark.number) + "\nhash " +
          mark.hash.hex() + "\n";
  return text + "sum " + digest_of(text).hex() + "\n";
}

std::optional<HighMark> parse_mark(std::string_view text) {
  if (text.size() > longest || !text.starts_with(title)) return std::nullopt;
  std::string_view rest = text.substr(title.size());
  const auto store = take_line(rest, "store ");
  const auto number = store ? take_line(rest, "entry ") : std::nullopt;
  const auto hash = number ? digest_from(take_line(rest, "hash ").value_or("")) : std::nullopt;
  if (!hash) return std::nullopt;
  HighMark mark{.store = std::string(*store), .hash = *hash};
  std::from_chars(number->data(), number->data() + number->size(), mark.number);
  if (mark.number < 1 || mark_text(mark) != text) return std::nullopt;
  return mark;
}

std::optional<HighMark> read_mark(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return std::nullopt;
  std::array<char, longest + 1> bytes;
  const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
  if (size <= 0) return std::nullopt;
  return parse_mark({bytes.data(), static_cast<std::size_t>(size)});
}

bool replace_mark(const std::string& path, const HighMark& mark) noexcept {
  try {
    const std::string fresh = path + "-new";
    const auto flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    const FileDescriptor file(::open(fresh.c_str(), flags, 0600));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    if ((status.st_mode & 07777U) != 0600U && ::fchmod(file.get(), 0600) != 0) return false;
    return write_all(file.get(), mark_text(mark)) && ::rename(fresh.c_str(), path.c_str()) == 0;
  } catch (...) {
    return false;
  }
}

}  // namespace lodge::storage
