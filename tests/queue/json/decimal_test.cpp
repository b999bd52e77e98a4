#include "queue/json/decimal.hpp"

#include <string>

#include "support/catch.hpp"

using lodge::queue::same_decimal;

TEST_CASE("number texts are compared by the number they denote") {
  struct Case {
    std::string left;
    std::string right;
    bool same;
  };
  const Case cases[] = {
      {"1", "1.0", true},
      {"1", "10e-1", true},
      {"1", "0.1e1", true},
      {"1.50", "15e-1", true},
      {"100", "1e2", true},
      {"100", "1E+2", true},
      {"0.001", "1e-3", true},
      {"0.00100", "1e-03", true},
      {"-0", "0.0", true},
      {"0e5", "0", true},
      {"1,5", "1.5", true},  // a decimal comma by a locale
      {"1", "-1", false},
      {"1", "1.0000000000000000000000001", false},
      {"1e999", "1e998", false},
      {"1e99999999999999999999", "1", false},
      {"1e-99999999999999999999", "0", false},
      {"12", "21", false},
      {"0.1", "0.01", false},
      {"10", "1", false},
      {std::string(5000, '9'), std::string(4999, '9'), false},
      {"1" + std::string(400, '0'), "1e400", true},
      {"0." + std::string(399, '0') + "1", "1e-400", true},
  };
  for (const Case& c : cases) {
    INFO(c.left.substr(0, 60) << " and " << c.right.substr(0, 60));
    CHECK(same_decimal(c.left, c.right) == c.same);
    CHECK(same_decimal(c.right, c.left) == c.same);
  }
}
