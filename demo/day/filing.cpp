#include "demo/day/filing.hpp"

#include <unistd.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "lodge/client.hpp"

namespace lodge::demo {
namespace {

// One write, no buffer: what the parent reads has happened.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("nobody listens");
  }
}

std::map<RecordId, SubmissionId> filed_before(Client& client) {
  std::map<RecordId, SubmissionId> filed;
  Page page{.limit = 1'000, .settled_too = true};
  while (true) {
    const auto submissions = client.outbox(page);
    if (submissions.empty()) return filed;
    for (const Submission& one : submissions) filed.emplace(one.record, one.id);
    page.after_number = submissions.back().number;
  }
}

Submission file(Client& client, const Form& form) {
  Draft draft = client.edit(form.record);
  draft.content = first_filing(form);
  client.save(draft);
  return client.submit(draft);
}

// All but what is paused: that lane is not this program's business.
bool deliver_all(Client& client) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const Page ours{.filter = {.lane = std::string(normal_lane)}, .limit = 1};
  while (!client.outbox(ours).empty()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    client.flush(std::chrono::seconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace

std::string filing_number(const RecordId& record, int number) {
  return record.key + "/" + std::to_string(number);
}

nlohmann::json first_filing(const Form& form) {
  nlohmann::json content = form.content;
  content[filing_member] = filing_number(form.record, 1);
  return content;
}

int file_forms(const FilingJob& job, bool fast) {
  const auto forms = wildlife_strike_forms();
  Client client(client_options(job.store, job.endpoint, fast));
  const auto before = filed_before(client);
  say("ready");
  for (int row = job.from; row < job.to; ++row) {
    const Form& form = forms.at(static_cast<std::size_t>(row));
    const auto found = before.find(form.record);
    if (found != before.end()) {
      say("found " + found->second.text() + " " + form.record.key);
      continue;
    }
    say("filed " + file(client, form).id.text() + " " + form.record.key);
    std::this_thread::sleep_for(std::chrono::milliseconds(fast ? 5 : 30));
  }
  say("flushing");
  if (!deliver_all(client)) return 1;
  say("done");
  return 0;
}

}  // namespace lodge::demo
