#include "demo/form/session.hpp"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace lodge::demo {
namespace {

constexpr const char* collection = "availability";

bool is_address(const std::string& text) {
  const auto at = text.find('@');
  return at != std::string::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n") == std::string::npos;
}

std::string network_words(const Status& status) {
  switch (status.path) {
    case Path::online:
      return status.server == ServerState::busy ? "online, server busy" : "online";
    case Path::offline:
      return "offline";
    case Path::captive:
      return "captive portal: sign in to the network";
    case Path::unknown:
      break;
  }
  return status.server == ServerState::unreachable ? "offline: server not reached"
                                                   : "not tried yet";
}

// The newest submission of the store; there are few, so paging to the end is good enough here.
std::optional<Submission> newest_submission(Client& client,
                                            const std::optional<RecordId>& record = std::nullopt) {
  std::optional<Submission> newest;
  Page page{.filter = {.collection = collection}, .limit = 1'000, .settled_too = true};
  while (true) {
    const auto submissions = client.outbox(page);
    if (submissions.empty()) return newest;
    for (const Submission& one : submissions) {
      if (!record || one.record == *record) newest = one;
    }
    page.after_number = submissions.back().number;
  }
}

}  // namespace

std::string time_words(Time at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", &local);
  return text;
}

FormSession::FormSession(Options options, std::function<void(std::optional<Time>)> changed)
    : changed_(std::move(changed)),
      client_(std::move(options)),
      subscription_(client_.on_event([this](const Event& event) { heard(event); })) {}

void FormSession::heard(const Event& event) {
  std::optional<Time> saved;
  {
    const std::lock_guard lock(mutex_);
    if (event.kind == EventKind::draft_saved) {
      saved = saved_at_ = event.at;
      failure_.clear();
    }
    if (event.kind == EventKind::autosave_failed) failure_ = event.words;
  }
  if (changed_) changed_(saved);
}

std::optional<std::string> FormSession::last_email() {
  auto drafts = client_.drafts();
  std::erase_if(drafts, [](const Draft& draft) { return draft.record.collection != collection; });
  const auto newest = std::ranges::max_element(drafts, {}, &Draft::saved_at);
  if (newest != drafts.end()) return newest->record.key;
  const auto submission = newest_submission(client_);
  if (!submission) return std::nullopt;
  return submission->record.key;
}

void FormSession::open(const std::string& email) {
  if (draft_ && draft_->record.key == email) return;
  if (!is_address(email)) {
    throw Error(Errc::invalid_argument, "An e-mail address looks like ada@example.org.");
  }
  const RecordId record{collection, email};
  Draft draft = client_.edit(record);
  const auto newest = newest_submission(client_, record);
  last_ = newest ? std::optional(newest->id) : std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    saved_at_ = draft.saved_at;
  }
  draft_ = std::move(draft);
}

std::string FormSession::value(std::string_view field) const {
  if (!draft_) return {};
  if (field == form_fields.front().key) return draft_->record.key;
  const auto found = draft_->content.find(field);
  if (found == draft_->content.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void FormSession::set(std::string_view field, const std::string& value) {
  if (!draft_) throw Error(Errc::wrong_state, "Enter the e-mail address first.");
  const bool known = std::ranges::find(form_fields, field, &FieldName::key) != form_fields.end();
  if (!known) throw Error(Errc::invalid_argument, "The form has no field of that name.");
  if (value.empty()) {
    draft_->content.erase(std::string(field));
  } else {
    draft_->content[std::string(field)] = value;
  }
  client_.autosave(*draft_);
}

Submission FormSession::submit() {
  if (!draft_) throw Error(Errc::wrong_state, "Enter the e-mail address first.");
  draft_->content["email"] = draft_->record.key;
  Submission submission = client_.submit(*draft_);
  last_ = submission.id;
  draft_ = client_.edit(submission.record);
  return submission;
}

std::string FormSession::status() {
  const Status status = client_.status();
  std::string words = network_words(status);
  words += " | " + std::to_string(status.waiting()) + " waiting";
  {
    const std::lock_guard lock(mutex_);
    if (saved_at_) words += " | saved " + time_words(*saved_at_);
    if (!failure_.empty()) words += " | NOT SAVED: " + failure_;
  }
  if (last_) words += " | last form " + client_.explain(*last_).words;
  return words;
}

}  // namespace lodge::demo
