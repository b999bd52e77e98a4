#include <array>

#include "simulation/people.hpp"

namespace lodge::test {

namespace {

constexpr std::array fields{"monday", "tuesday", "wednesday", "notes"};

}  // namespace

void People::open_form(Process& process) {
  const RecordId record = world_.chance.one_of(world_.settings.records);
  const EditOptions options{.identity = world_.chance.one_of(world_.settings.identities),
                            .lane = world_.chance.one_of(world_.settings.lanes)};
  world_.call(process, "edit " + record.key, [&](Client& client) {
    Draft draft = client.edit(record, options);
    if (const auto saved = world_.promises.saved.find(slot(draft));
        saved != world_.promises.saved.end() && saved->second != draft.content) {
      world_.trace.wrong("a saved draft is not there again: " + saved->second.dump() +
                         " was saved, " + draft.content.dump() + " is shown");
    }
    if (world_.chance.percent(80)) change(draft);
    process.windows.push_back(std::move(draft));
    if (process.windows.size() > 4) process.windows.erase(process.windows.begin());
  });
}

void People::change(Draft& draft) {
  Chance& chance = world_.chance;
  const std::string word = "word " + std::to_string(++words_);
  const char* const field = chance.one_of(fields);
  switch (chance.below(8)) {
    case 0:
      draft.content.erase(field);
      break;
    case 1:
      draft.content["contact"]["mail"] = word;
      break;
    case 2:
      draft.content["slots"] = {word, words_, nullptr, true};
      break;
    case 3:
      draft.content = {{field, word}};  // cleared and begun again
      break;
    default:
      draft.content[field] = word;
  }
}

void People::type(Process& process) {
  if (Draft* draft = some_window(process)) change(*draft);
}

void People::save(Process& process) {
  Draft* draft = some_window(process);
  if (!draft) return open_form(process);
  world_.promises.saved.erase(slot(*draft));
  bool submitted = false;
  const bool done = world_.call(process, "save " + draft->id.text() + " " + draft->content.dump(),
                                [&](Client& client) {
                                  client.save(*draft);
                                  submitted = client.submission(draft->id).has_value();
                                });
  // Saving again what was submitted so is no draft.
  if (done && !submitted) world_.promises.saved[slot(*draft)] = draft->content;
  if (!done && world_.chance.percent(70)) close_window(process, SubmissionId(draft->id));
}

void People::autosave(Process& process) {
  Draft* draft = some_window(process);
  if (!draft) return;
  world_.promises.saved.erase(slot(*draft));
  world_.call(process, "autosave " + draft->id.text() + " " + draft->content.dump(),
              [&](Client& client) { client.autosave(*draft); });
}

void People::accepted(const Submission& submission, const nlohmann::json& content) {
  const auto [known, fresh] = world_.promises.accepted.try_emplace(
      submission.id, Promises::Accepted{.record = submission.record,
                                        .operation = submission.operation,
                                        .identity = submission.identity,
                                        .content = content});
  if (fresh) {
    world_.trace.line("  accepted as " + submission.id.text() + " " +
                      std::string(name(submission.base)));
  } else if (known->second.content != content) {
    world_.trace.wrong("another content was accepted under the same id");
  }
}

void People::submit(Process& process) {
  Draft* draft = some_window(process);
  if (!draft) return open_form(process);
  const Draft form = *draft;
  world_.promises.saved.erase(slot(form));
  if (form.amends) world_.promises.given_up.insert(*form.amends);
  const SubmitOptions options{.effective_at = world_.chance.percent(10)
                                                  ? std::optional(Time(std::chrono::days(1)))
                                                  : std::nullopt,
                              .reason = "by hand"};
  const bool twice = world_.chance.percent(15);
  const bool done = world_.call(
      process, "submit " + form.id.text() + " " + form.record.key + " " + form.content.dump(),
      [&](Client& client) {
        const Submission submission = client.submit(form, options);
        accepted(submission, form.content);
        if (!twice) return;
        world_.counts.add(Kind::doubled_submit);
        if (client.submit(form, options).id != submission.id) {
          world_.trace.wrong("a second click made a second submission");
        }
      });
  // A window that stays open saves on top of what was submitted.
  if (done ? world_.chance.percent(85) : world_.chance.percent(50)) close_window(process, form.id);
}

void People::submit_all(Process& process) {
  if (process.windows.empty()) return;
  const std::vector<Draft> forms = process.windows;
  for (const Draft& form : forms) {
    world_.promises.saved.erase(slot(form));
    if (form.amends) world_.promises.given_up.insert(*form.amends);
  }
  world_.call(process, "submit all", [&](Client& client) {
    const auto submissions = client.submit_all(forms);
    for (std::size_t i = 0; i < forms.size(); ++i) accepted(submissions[i], forms[i].content);
    process.windows.clear();
  });
}

void People::discard(Process& process) {
  Draft* draft = some_window(process);
  if (!draft) return;
  const Draft form = *draft;
  world_.promises.saved.erase(slot(form));
  world_.call(process, "discard " + form.id.text(), [&](Client& client) { client.discard(form); });
  close_window(process, form.id);
}

void People::remove(Process& process) {
  const RecordId record = world_.chance.one_of(world_.settings.records);
  const RemoveOptions options{.identity = world_.chance.one_of(world_.settings.identities)};
  world_.call(process, "remove " + record.key, [&](Client& client) {
    accepted(client.remove(record, options), nullptr);
    world_.counts.add(Kind::removed);
  });
}

}  // namespace lodge::test
