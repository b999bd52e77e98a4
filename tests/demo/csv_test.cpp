#include "demo/csv.hpp"

#include <stdexcept>

#include "support/catch.hpp"

namespace lodge::demo {

TEST_CASE("CSV keeps empty cells and drops empty lines") {
  CHECK(read_csv("a,,c\n,\n\nx") == std::vector<CsvRow>{{"a", "", "c"}, {"", ""}, {"x"}});
  CHECK(read_csv("a,b\r\nc,\r\n") == std::vector<CsvRow>{{"a", "b"}, {"c", ""}});
  CHECK(read_csv("").empty());
  CHECK(read_csv("a,") == std::vector<CsvRow>{{"a", ""}});
}

TEST_CASE("quoted cells hold commas, line ends and quotes") {
  CHECK(read_csv("\"a,b\",\"c\nd\",\"e\"\"f\",\"\"\nx,y,z,\"\"\"\"") ==
        std::vector<CsvRow>{{"a,b", "c\nd", "e\"f", ""}, {"x", "y", "z", "\""}});
  CHECK(read_csv("5' 10\",b") == std::vector<CsvRow>{{"5' 10\"", "b"}});
}

TEST_CASE("broken CSV is refused") {
  const auto text = GENERATE("\"open", "\"a\"b,c", "a\n\"", "a\rb");
  CAPTURE(text);
  CHECK_THROWS_AS(read_csv(text), std::invalid_argument);
}

}  // namespace lodge::demo
