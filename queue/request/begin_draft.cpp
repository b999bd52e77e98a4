#include "queue/request/begin_draft.hpp"

namespace lodge::queue {
namespace {

bool is_amendable(const Submission& head, const std::string& identity) {
  return head.identity == identity &&
         (head.state == State::rejected || head.state == State::conflicted);
}

}  // namespace

Start start_of(const StartFacts& facts) {
  if (facts.has_draft) return Start::saved_draft;
  if (facts.head && is_amendable(*facts.head, facts.identity)) return Start::amend_head;
  if (facts.newest && facts.newest->identity == facts.identity) {
    return facts.newest->operation == Operation::remove ? Start::empty_after_remove
                                                        : Start::after_newest;
  }
  return facts.record_has_content ? Start::record : Start::empty;
}

}  // namespace lodge::queue
