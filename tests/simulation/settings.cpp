#include "simulation/settings.hpp"

#include <sstream>

#include "simulation/chance.hpp"

namespace lodge::test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Settings draw_settings(std::uint64_t seed) {
  Chance chance(seed ^ 0x5e77195ULL);
  Settings settings;
  settings.seed = seed;
  settings.road = static_cast<Road>(chance.below(3));
  settings.processes = chance.between(1, 2);
  const RecordId records[] = {{"reports", "r1"}, {"visits", "v 1/ä"}, {"reports", "r2"}};
  for (int i = chance.between(1, 3); i > 0; --i) settings.records.push_back(records[i - 1]);
  settings.identities = {"ada"};
  if (chance.percent(40)) settings.identities.emplace_back("ben");
  settings.lanes = {"normal"};
  if (chance.percent(30)) settings.lanes.emplace_back("deferred");
  settings.reports_policy = static_cast<ConflictPolicy>(chance.below(4));
  settings.day = hours(24);
  // Mostly quiet days: more of them find more than a few that are full.
  const Duration paces[] = {minutes(10),  minutes(30),  minutes(60),
                            minutes(120), minutes(120), minutes(240)};
  settings.between_acts = chance.one_of(paces);
  const Duration disasters[] = {minutes(45), hours(2), hours(6)};
  settings.between_disasters = chance.one_of(disasters);
  const Duration foreign[] = {hours(1), hours(4), hours(200)};
  settings.between_foreign = chance.one_of(foreign);
  const int bad[] = {0, 10, 30, 60, 90};
  settings.bad_requests = chance.one_of(bad);
  settings.breaks_machine = chance.percent(60);
  settings.breaks_clock = chance.percent(40);
  const std::optional<Duration> lifetimes[] = {std::nullopt, hours(24), minutes(30)};
  settings.key_lifetime = chance.one_of(lifetimes);
  const int in_flight[] = {1, 2, 16};
  settings.in_flight = chance.one_of(in_flight);
  const Duration spreads[] = {seconds(0), seconds(5), minutes(5)};
  settings.spread = chance.one_of(spreads);
  return settings;
}

std::string words(const Settings& settings) {
  const auto in_minutes = [](Duration span) {
    return std::to_string(std::chrono::duration_cast<minutes>(span).count()) + " min";
  };
  const char* roads[] = {"https", "loopback", "plain http"};
  std::ostringstream out;
  out << "seed " << settings.seed << ": " << roads[static_cast<int>(settings.road)] << ", "
      << settings.processes << " processes, " << settings.records.size() << " records, "
      << settings.identities.size() << " identities, " << settings.lanes.size()
      << " lanes, reports: " << name(settings.reports_policy) << ", acts every "
      << in_minutes(settings.between_acts) << ", disasters every "
      << in_minutes(settings.between_disasters) << ", foreign edits every "
      << in_minutes(settings.between_foreign) << ", " << settings.bad_requests
      << " % bad requests, machine " << (settings.breaks_machine ? "breaks" : "holds") << ", clock "
      << (settings.breaks_clock ? "steps" : "runs") << ", keys kept "
      << (settings.key_lifetime ? in_minutes(*settings.key_lifetime) : "for ever") << ", "
      << settings.in_flight << " in flight, spread " << settings.spread.count() << " ms";
  return out.str();
}

}  // namespace lodge::test
