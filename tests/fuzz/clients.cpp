#include <algorithm>

#include "fuzz/client_use.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/hostile_rows.hpp"
#include "fuzz/seed_store.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge;
using namespace lodge::fuzz;

// A whole client on a store with rows that lodge never wrote, and a server that says what the input
// says. Input: what put_hostile_rows takes; "--"; numbers, one answer each (see client_use.hpp).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view answers = as_text(data, size);
  const std::string_view rows = cut(answers, "--");
  const test::TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  put_store(seed_store(), path);
  put_hostile_rows(path, rows);
  use_client(path, answers);
  return 0;
}
