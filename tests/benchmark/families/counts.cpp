#include "benchmark/families/families.hpp"
#include "benchmark/measure/disk_counts.hpp"
#include "benchmark/store/bare_store.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int submits = 1'000;

void add_counts(Report& report, const std::string& who, const DiskCounts& counts) {
  const auto each = [](std::int64_t count) { return static_cast<double>(count) / submits; };
  report.add({.what = "syncs, " + who, .value = each(counts.syncs), .unit = "a submit"});
  report.add({.what = "writes, " + who, .value = each(counts.writes), .unit = "a submit"});
  report.add({.what = "bytes written, " + who, .value = each(counts.bytes), .unit = "a submit"});
}

}  // namespace

void measure_counts(Report& report, const Settings& settings) {
  const DiskFolder folder(true);
  DiskCounts begun = disk_counts();
  DiskCounts bare_counts;
  {
    BareStore bare(folder / "bare");
    for (int i = 0; i < submits; ++i) bare.submit(form_text(settings.bytes, i));
    begun = disk_counts();
    for (int i = 0; i < submits; ++i) bare.submit(form_text(settings.bytes, submits + i));
    bare_counts = disk_counts() - begun;
  }
  Client client(offline_options(folder / "lodge"));
  client.set_network(Path::offline);
  for (const Draft& draft : new_drafts(client, submits, settings.bytes, 0)) client.submit(draft);
  const auto drafts = new_drafts(client, submits, settings.bytes, submits);
  begun = disk_counts();
  for (const Draft& draft : drafts) client.submit(draft);
  const DiskCounts counts = disk_counts() - begun;
  add_counts(report, "bare SQLite", bare_counts);
  add_counts(report, "lodge", counts);
  report.add({.goal_name = "S2",
              .what = "syncs of a durable submit",
              .value = static_cast<double>(counts.syncs) / submits,
              .unit = "each",
              .goal = at_most(1.02)});
  report.add({.goal_name = "S2",
              .what = "bytes written, to bare SQLite",
              .value = static_cast<double>(counts.bytes) / static_cast<double>(bare_counts.bytes),
              .unit = "x",
              .goal = at_most(1.10)});
}

}  // namespace lodge::benchmark
