#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lodge::test {

/// The bytes of a file, in pages that copies share until one of them is written to: a copy costs
/// next to nothing, and so does the digest of one that differs in a page.
class PagedFile {
 public:
  [[nodiscard]] std::int64_t size() const { return size_; }
  /// Bytes beyond the end read as zeros; returns how many there were.
  std::int64_t read(std::int64_t offset, std::span<std::uint8_t> bytes) const;
  void write(std::int64_t offset, std::span<const std::uint8_t> bytes);
  void resize(std::int64_t size);
  /// Equal files have equal digests; others, most likely, not.
  [[nodiscard]] std::uint64_t digest() const { return digest(size_); }
  /// Of the first bytes alone.
  [[nodiscard]] std::uint64_t digest(std::int64_t size) const;
  /// Of one page of 4,096 bytes.
  [[nodiscard]] std::uint64_t page_digest(std::int64_t number) const;
  void flip_bit(std::int64_t offset, int bit);

  static constexpr std::int64_t page_size = 4'096;

 private:
  struct Page {
    std::array<std::uint8_t, page_size> bytes{};
    std::uint64_t digest = 0;  // 0: not known
  };

  Page& page_to_write(std::int64_t number);

  std::vector<std::shared_ptr<Page>> pages_{};
  std::int64_t size_ = 0;
};

/// The digest that a page with these bytes has.
std::uint64_t page_digest_of(std::span<const std::uint8_t> bytes);

/// One more number into a digest.
constexpr std::uint64_t mixed(std::uint64_t digest, std::uint64_t value) {
  digest = (digest ^ value) * 0x9e3779b97f4a7c15ULL;
  return digest ^ (digest >> 29U);
}

}  // namespace lodge::test
