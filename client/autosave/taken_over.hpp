#pragma once

#include <utility>
#include <vector>

#include "client/autosave/autosaver.hpp"

namespace lodge::client {

/// Autosaves that a call takes over while it saves or submits something newer. They go back to the
/// autosaver when the call fails, so that a full disk costs nobody a word.
class TakenOver {
 public:
  explicit TakenOver(Autosaver& saver) : saver_(saver) {}
  TakenOver(const TakenOver&) = delete;
  TakenOver& operator=(const TakenOver&) = delete;

  ~TakenOver() {
    for (Unsaved& unsaved : taken_) {
      try {
        saver_.put_back(std::move(unsaved));
      } catch (...) {
        // No memory. The caller of the failed call still has newer content than this.
      }
    }
  }

  /// False: there was nothing to take over.
  bool take(const SubmissionId& id) {
    auto unsaved = saver_.take_over(id);
    if (!unsaved) return false;
    taken_.push_back(std::move(*unsaved));
    return true;
  }

  /// The call succeeded: what was taken over is obsolete.
  void done() { taken_.clear(); }

 private:
  Autosaver& saver_;
  std::vector<Unsaved> taken_{};
};

}  // namespace lodge::client
