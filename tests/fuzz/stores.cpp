#include <fstream>

#include "fuzz/fuzz.hpp"
#include "fuzz/seed_store.hpp"
#include "fuzz/store_use.hpp"
#include "support/temporary_folder.hpp"

// Input: a whole file, if it begins as one of SQLite's; else numbers in threes (what, where, how)
// that spoil a valid store's file and its log.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

void spoil(std::string& bytes, std::uint64_t at, char by) {
  if (!bytes.empty()) bytes[at % bytes.size()] = by;
}

SeedStore spoiled(std::string_view numbers) {
  SeedStore store = seed_store();
  for (int i = 0; i < 64 && !numbers.empty(); ++i) {
    const std::uint64_t what = cut_number(numbers);
    const std::uint64_t where = cut_number(numbers);
    const auto how = static_cast<char>(cut_number(numbers));
    if (what % 8 < 4) spoil(store.file, where, how);
    if (what % 8 == 4) spoil(store.log, where, how);
    if (what % 8 == 5) store.file.resize(where % (store.file.size() + 1));
    if (what % 8 == 6) store.log.resize(where % (store.log.size() + 1));
    if (what % 8 == 7) store.file.resize(store.file.size() + where % 8192, how);
  }
  return store;
}

}  // namespace

// Called once by libFuzzer: leaves a whole file to begin with where it is asked for one.
extern "C" int LLVMFuzzerInitialize(int*, char***);
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  if (const char* path = std::getenv("LODGE_SEED_STORE"))
    std::ofstream(path, std::ios::binary) << seed_store().file;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  const bool whole = input.starts_with("SQLite format 3");
  const test::TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  put_store(whole ? SeedStore{.file = std::string(input), .log = {}} : spoiled(input), path);
  use_store(path, !whole);
  return 0;
}
