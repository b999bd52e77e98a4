#include <fstream>
#include <iterator>

#include "fuzz/fuzz.hpp"
#include "fuzz/seed_store.hpp"
#include "lodge/error.hpp"

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

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  if (input.starts_with("SQLite format 3")) {
    use_store({.file = std::string(input), .log = {}});
  } else {
    use_store(spoiled(input));
  }
  return 0;
}
