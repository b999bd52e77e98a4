#include "storage/history/high_mark.hpp"

#include <sys/stat.h>

#include <fstream>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using lodge::test::TemporaryFolder;
namespace fs = std::filesystem;

HighMark example() {
  HighMark mark{.store = "00112233445566778899aabbccddeeff", .number = 812};
  for (std::size_t i = 0; i < mark.hash.bytes.size(); ++i)
    mark.hash.bytes[i] = static_cast<std::uint8_t>(i * 7);
  return mark;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("D9: a mark is read back, and one that was cut or has a bit turned says nothing",
          "[D9]") {
  const auto text = mark_text(example());
  CHECK(parse_mark(text) == example());
  for (std::size_t length = 0; length < text.size(); ++length)
    CHECK_FALSE(parse_mark(text.substr(0, length)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto spoilt = text;
      spoilt[i] = static_cast<char>(spoilt[i] ^ (1 << bit));
      CHECK_FALSE(parse_mark(spoilt));
    }
  }
  CHECK_FALSE(parse_mark(text + "\n"));
  CHECK_FALSE(parse_mark(std::string(100'000, 'x')));
}

TEST_CASE("a mark is replaced as a whole, for its owner alone, under any umask") {
  TemporaryFolder folder;
  const auto path = mark_path(folder / "store.lodge");
  const auto before = umask(GENERATE(0U, 0777U));
  auto mark = example();
  CHECK(replace_mark(path, mark));
  mark.number = 813;
  CHECK(replace_mark(path, mark));
  umask(before);
  CHECK(read_mark(path) == mark);
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600U);
  CHECK_FALSE(fs::exists(path + "-new"));
}

TEST_CASE("S2: a mark that is a link, a folder or a pipe is not followed and says nothing",
          "[S2]") {
  TemporaryFolder folder;
  const auto path = mark_path(folder / "store.lodge");
  const auto target = folder / "target";
  write_file(target, mark_text(example()));
  SECTION("link") { fs::create_symlink(target, path); }
  SECTION("folder") { fs::create_directory(path); }
  SECTION("pipe") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  CHECK_FALSE(read_mark(path));
}

TEST_CASE("S2: a link planted where a mark is made is not written through", "[S2]") {
  TemporaryFolder folder;
  const auto path = mark_path(folder / "store.lodge");
  const auto target = folder / "target";
  write_file(target, "precious");
  fs::create_symlink(target, path + "-new");
  CHECK_FALSE(replace_mark(path, example()));
  CHECK(fs::file_size(target) == 8);
}

TEST_CASE("a mark that cannot be written leaves the one before") {
  TemporaryFolder folder;
  const auto path = mark_path(folder / "store.lodge");
  REQUIRE(replace_mark(path, example()));
  fs::create_directory(path + "-new");
  auto later = example();
  later.number = 900;
  CHECK_FALSE(replace_mark(path, later));
  CHECK(read_mark(path) == example());
}
