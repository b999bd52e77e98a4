#pragma once

#include <set>
#include <string>
#include <vector>

#include "simulation/world.hpp"

namespace lodge::test {

/// People at their forms: they open, type, save, submit, change their minds and settle conflicts.
/// What they were told goes into the world's promises.
class People {
 public:
  explicit People(World& world) : world_(world) {}
  void begin(Time evening);

  /// When all goes well again: resumes, retries and resolves whatever waits for a person.
  void settle_everything();

 private:
  void next_act();
  void act(Process& process);

  // Forms. people_forms.cpp.
  void open_form(Process& process);
  void type(Process& process);
  void save(Process& process);
  void autosave(Process& process);
  void submit(Process& process);
  void submit_all(Process& process);
  void discard(Process& process);
  void remove(Process& process);
  void change(Draft& draft);
  void accepted(const Submission& submission, const nlohmann::json& content);

  // Words. people_words.cpp.
  void withdraw(Process& process);
  void amend(Process& process);
  void retry(Process& process);
  void resolve(Process& process, bool all);
  void pause(Process& process);
  void resume(Process& process);
  void read(Process& process);
  /// Any one that is unsettled; with `doubtful_first` one that the server may have, if there is.
  std::optional<Submission> some_submission(Process& process, bool doubtful_first = false);

  Draft* some_window(Process& process);
  void close_window(Process& process, const SubmissionId& id);
  static std::string slot(const Draft& draft);

  World& world_;
  Time evening_{};
  int words_ = 0;  ///< typed so far: no two alike
  std::vector<Scope> pauses_{};
};

}  // namespace lodge::test
