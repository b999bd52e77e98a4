#include "demo/forms.hpp"

#include <set>
#include <stdexcept>

#include "demo/server/forms_server.hpp"
#include "support/catch.hpp"

namespace lodge::demo {
namespace {

const std::string columns =
    "Airport Name,Aircraft Make Model,Effect Amount of damage,Flight Date,Aircraft Airline "
    "Operator,Origin State,Phase of flight,Wildlife Size,Wildlife Species,Time of day,Cost "
    "Other,Cost Repair,Cost Total $,Speed IAS in knots\n";

}  // namespace

TEST_CASE("500 reports over all years become 500 records") {
  const auto forms = wildlife_strike_forms();
  REQUIRE(forms.size() == 500);
  std::set<RecordId> records;
  std::set<std::string> years;
  for (const Form& form : forms) {
    records.insert(form.record);
    years.insert(form.content.at("date").get<std::string>().substr(0, 4));
    CHECK(form.record.collection == "strikes");
    CHECK(form.content.at("cost_dollars").at("total").is_number_integer());
  }
  CHECK(records.size() == 500);
  CHECK(years.size() == 13);
}

TEST_CASE("a report becomes a typed form") {
  const Form form = wildlife_strike_forms().front();
  CHECK(form.record == RecordId{"strikes", "1990-01-08-001"});
  CHECK(form.content == nlohmann::json::parse(R"({
    "airport": "BARKSDALE AIR FORCE BASE ARPT", "state": "Louisiana", "date": "1990-01-08",
    "time_of_day": "Day", "phase": "Climb", "damage": "None", "speed_knots": 300,
    "aircraft": {"model": "T-38A", "operator": "MILITARY"},
    "wildlife": {"species": "Turkey vulture", "size": "Large"},
    "cost_dollars": {"repair": 0, "other": 0, "total": 0}})"));
}

TEST_CASE("what was not reported is null") {
  const auto forms = strike_forms(columns + "\"A, B\",M,,1999-12-31,O,S,P,Z,W,T,1,2,3,\n");
  REQUIRE(forms.size() == 1);
  CHECK(forms[0].content.at("airport") == "A, B");
  CHECK(forms[0].content.at("damage").is_null());
  CHECK(forms[0].content.at("speed_knots").is_null());
  CHECK(forms[0].content.at("cost_dollars").at("repair") == 2);
}

TEST_CASE("reports that do not fit their header are refused") {
  CHECK_THROWS_AS(strike_forms(""), std::invalid_argument);
  CHECK_THROWS_AS(strike_forms("a,b\n1,2\n"), std::invalid_argument);
  CHECK_THROWS_AS(strike_forms(columns + "too,short\n"), std::invalid_argument);
  CHECK_THROWS_AS(strike_forms(columns + "A,M,D,1999-12-31,O,S,P,Z,W,T,1,2,3,fast\n"),
                  std::invalid_argument);
}

TEST_CASE("the reference server takes every form") {
  FormsServer server({.collections = {"strikes"}});
  for (const Form& form : wildlife_strike_forms()) {
    const Request request{.method = Method::put,
                          .url = "/v1/strikes/" + form.record.key,
                          .headers = {{"If-None-Match", "*"}, {"Content-Type", "application/json"}},
                          .body = form.content.dump()};
    CHECK(server.handle(request, Time{}).status == 201);
  }
  CHECK(server.records().size() == 500);
}

}  // namespace lodge::demo
