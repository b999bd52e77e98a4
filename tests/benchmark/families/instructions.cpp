#include <cstdlib>
#include <stdexcept>
#include <utility>
#include <vector>

#include "benchmark/families/families.hpp"
#include "benchmark/families/watched_work.hpp"
#include "benchmark/store/bare_store.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int few = 300;
constexpr int many = 600;

// No threads: their scheduling would be counted with the work.
Options quiet_options(const std::string& store) {
  Options options = offline_options(store);
  options.threads = false;
  return options;
}

double instructions_of(const std::string& what, int count, std::size_t bytes) {
  const std::string tool = "valgrind --tool=callgrind --callgrind-out-file=";
  for (const std::string& line : watch_work(tool, what, count, bytes)) {
    if (line.starts_with("summary: ") || line.starts_with("totals: "))
      return std::stod(line.substr(line.find(' ')));
  }
  throw std::runtime_error("callgrind said nothing of " + what);
}

// What one more costs: opening and closing fall out of the difference.
double instructions_each(const std::string& what, std::size_t bytes, int from = few,
                         int to = many) {
  return (instructions_of(what, to, bytes) - instructions_of(what, from, bytes)) / (to - from);
}

/// Answers each request at once that the form is stored: what is left is the client's own work.
class InstantServer final : public Transport {
 public:
  void start(TransferId id, Request) override {
    Reply reply{.departures = 1, .status = 201, .verified = true};
    reply.headers = {{"ETag", "\"" + std::to_string(id) + "\""}};
    done_.push_back({.id = id, .reply = std::move(reply)});
  }
  void cancel(TransferId) override {}
  [[nodiscard]] int room_ahead() const override { return 256; }
  std::vector<Finished> collect() override { return std::exchange(done_, {}); }
  void on_finished(std::function<void()>) override {}
  void forget_connections() override {}

 private:
  std::vector<Finished> done_{};
};

// Filed first, then delivered: the cost of filing is that of "file".
void file_and_deliver(const std::string& store, int count, std::size_t bytes, bool deliver) {
  Options options = quiet_options(store);
  options.deliver = deliver;
  options.transport = std::make_shared<InstantServer>();
  Client client(options);
  client.submit_all(new_drafts(client, count, bytes, 0));
  while (deliver && client.status().waiting() > 0) client.step();
}

void file_and_send(const std::string& store, const std::string& endpoint, int count,
                   std::size_t bytes) {
  Options options = offline_options(store);
  options.endpoint = endpoint;
  Client client(options);
  client.set_network(Path::offline);
  client.submit_all(new_drafts(client, count, bytes, 0));
  client.set_network(Path::online);
  if (!client.drain(std::chrono::minutes(2))) throw std::runtime_error("the outbox is not empty");
}

}  // namespace

int do_work(const std::string& what, int count, std::size_t bytes) {
  const DiskFolder folder(true);
  if (what.starts_with("bare-")) {
    BareStore bare(folder / "bare");
    std::string text = form_text(bytes, 0);
    for (int i = 0; i < count; ++i) {
      text[text.find("Ada") + 2] = i % 2 == 0 ? 'a' : 'e';
      if (what == "bare-submit") bare.submit(text);
      if (what == "bare-save") bare.save(text);
    }
    return 0;
  }
  // "open-500": of a store with so many waiting.
  if (what.starts_with("open-")) {
    const std::string store = folder / "lodge";
    {
      Client client(quiet_options(store));
      client.submit_all(new_drafts(client, std::stoi(what.substr(5)), bytes, 0));
    }
    for (int i = 0; i < count; ++i) Client client(quiet_options(store));
    return 0;
  }
  if (what == "file" || what == "deliver") {
    file_and_deliver(folder / "lodge", count, bytes, what == "deliver");
    return 0;
  }
  const std::string send = "send:";
  if (what.starts_with(send)) {
    file_and_send(folder / "lodge", what.substr(send.size()), count, bytes);
    return 0;
  }
  Client client(quiet_options(folder / "lodge"));
  Draft draft = client.edit({"availability", "first"});
  draft.content = form(bytes, 0);
  for (int i = 0; i < count; ++i) {
    if (what == "submit") {
      draft.content["sequence"] = i;
      draft.record.key = new_key();
      draft.id = SubmissionId::parse(draft.record.key).value();
      client.submit(draft);
    } else if (what == "save") {
      draft.content["sequence"] = i;
      client.save(draft);
    } else if (what == "autosave") {
      client.autosave(draft);
    } else {
      return 2;
    }
  }
  return 0;
}

void measure_instructions(Report& report, const Settings& settings) {
  if (std::system("valgrind --version >/dev/null 2>&1") != 0) {
    report.say("valgrind is not installed; nothing counted");
    return;
  }
  const double bare_submit = instructions_each("bare-submit", settings.bytes);
  const double bare_save = instructions_each("bare-save", settings.bytes);
  const double submit = instructions_each("submit", settings.bytes);
  const double save = instructions_each("save", settings.bytes);
  const double autosave = instructions_each("autosave", settings.bytes);
  // Enough for full batches; answers come at once and no request is sent.
  const double filed = instructions_each("file", settings.bytes, 1'000, 3'000);
  report.add({.what = "a delivered form, beyond filing it, without the network",
              .value = instructions_each("deliver", settings.bytes, 1'000, 3'000) - filed,
              .unit = "instr."});
  report.add({.what = "autosave, the typing thread", .value = autosave, .unit = "instr."});
  // The log that the last client left is read at each opening: at most 12 MiB, however many wait.
  for (const int rows : {500, 8'000})
    report.add({.what = "open with " + std::to_string(rows) + " waiting, log as it was left",
                .value = instructions_each("open-" + std::to_string(rows), settings.bytes, 2, 12),
                .unit = "instr."});
  report.add({.what = "bare SQLite, submit", .value = bare_submit, .unit = "instr."});
  report.add({.what = "lodge, submit", .value = submit, .unit = "instr."});
  report.add({.what = "bare SQLite, modification", .value = bare_save, .unit = "instr."});
  report.add({.what = "lodge, modification", .value = save, .unit = "instr."});
  report.add({.goal_name = "S3",
              .what = "instructions of a submit, to bare SQLite",
              .value = submit / bare_submit,
              .unit = "x",
              .goal = at_most(2.0)});
  report.add({.goal_name = "S3",
              .what = "instructions of a modification, to bare SQLite",
              .value = save / bare_save,
              .unit = "x",
              .goal = at_most(4.0)});
}

}  // namespace lodge::benchmark
