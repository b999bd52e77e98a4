#include "fuzz/fuzz.hpp"
#include "fuzz/hostile_rows.hpp"
#include "fuzz/seed_store.hpp"
#include "fuzz/store_use.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge;
using namespace lodge::fuzz;

// A store that SQLite finds whole, with rows that lodge never wrote.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  put_store(seed_store(), path);
  put_hostile_rows(path, as_text(data, size));
  use_store(path, true);
  return 0;
}
