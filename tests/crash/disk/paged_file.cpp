#include "crash/disk/paged_file.hpp"

#include <algorithm>
#include <cstring>

namespace lodge::test {
namespace {

/// Of whole pages alone. Four sums at a time: one would wait for each multiplication.
std::uint64_t digest_of(std::span<const std::uint8_t> bytes) {
  std::array<std::uint64_t, 4> sums{1, 2, 3, 4};
  for (std::size_t i = 0; i < bytes.size(); i += sizeof sums) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), &bytes[i], sizeof words);
    for (std::size_t lane = 0; lane < sums.size(); ++lane)
      sums[lane] = mixed(sums[lane], words[lane]);
  }
  return mixed(mixed(sums[0], sums[1]), mixed(sums[2], sums[3]));
}

}  // namespace

std::uint64_t page_digest_of(std::span<const std::uint8_t> bytes) { return digest_of(bytes) | 1U; }

std::int64_t PagedFile::read(std::int64_t offset, std::span<std::uint8_t> bytes) const {
  const auto wanted = static_cast<std::int64_t>(bytes.size());
  const auto there = std::clamp<std::int64_t>(size_ - offset, 0, wanted);
  for (std::int64_t done = 0; done < there;) {
    const auto at = offset + done;
    const auto within = at % page_size;
    const auto count = std::min(page_size - within, there - done);
    const auto& page = pages_[static_cast<std::size_t>(at / page_size)];
    if (page)
      std::memcpy(&bytes[static_cast<std::size_t>(done)],
                  &page->bytes[static_cast<std::size_t>(within)], static_cast<std::size_t>(count));
    else
      std::memset(&bytes[static_cast<std::size_t>(done)], 0, static_cast<std::size_t>(count));
    done += count;
  }
  if (there < wanted)
    std::memset(&bytes[static_cast<std::size_t>(there)], 0,
                static_cast<std::size_t>(wanted - there));
  return there;
}

PagedFile::Page& PagedFile::page_to_write(std::int64_t number) {
  auto& page = pages_[static_cast<std::size_t>(number)];
  if (!page)
    page = std::make_shared<Page>();
  else if (page.use_count() > 1)
    page = std::make_shared<Page>(*page);
  page->digest = 0;
  return *page;
}

void PagedFile::write(std::int64_t offset, std::span<const std::uint8_t> bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (offset + size > size_) resize(offset + size);
  for (std::int64_t done = 0; done < size;) {
    const auto at = offset + done;
    const auto within = at % page_size;
    const auto count = std::min(page_size - within, size - done);
    std::memcpy(&page_to_write(at / page_size).bytes[static_cast<std::size_t>(within)],
                &bytes[static_cast<std::size_t>(done)], static_cast<std::size_t>(count));
    done += count;
  }
}

void PagedFile::resize(std::int64_t size) {
  const auto within = size % page_size;
  // What is cut off must not come back when the file grows again.
  if (size < size_ && within != 0 && pages_[static_cast<std::size_t>(size / page_size)]) {
    auto& page = page_to_write(size / page_size);
    std::fill(page.bytes.begin() + within, page.bytes.end(), std::uint8_t{0});
  }
  pages_.resize(static_cast<std::size_t>((size + page_size - 1) / page_size));
  size_ = size;
}

std::uint64_t PagedFile::digest(std::int64_t size) const {
  std::uint64_t digest = mixed(1, static_cast<std::uint64_t>(size));
  std::int64_t left = size;
  for (const auto& page : pages_) {
    if (left < page_size) break;
    left -= page_size;
    if (page && page->digest == 0) page->digest = page_digest_of(page->bytes);
    digest = mixed(digest, page ? page->digest : 0);
  }
  if (left <= 0) return digest;
  std::array<std::uint8_t, page_size> rest{};
  read(size - left, std::span(rest).first(static_cast<std::size_t>(left)));
  return mixed(digest, digest_of(rest));  // the size tells where it ended
}

std::uint64_t PagedFile::page_digest(std::int64_t number) const {
  const auto& page = pages_[static_cast<std::size_t>(number)];
  if (!page) return page_digest_of(std::array<std::uint8_t, page_size>{});
  if (page->digest == 0) page->digest = page_digest_of(page->bytes);
  return page->digest;
}

void PagedFile::flip_bit(std::int64_t offset, int bit) {
  auto& byte =
      page_to_write(offset / page_size).bytes[static_cast<std::size_t>(offset % page_size)];
  byte = static_cast<std::uint8_t>(byte ^ (1U << static_cast<unsigned>(bit)));
}

}  // namespace lodge::test
