#include <lodge/client.hpp>

void a_submission(lodge::Client& client, const lodge::Draft& draft) {
  // from here
  lodge::Submission form = client.submit(draft);  // a second click returns the same one

  lodge::Explanation why = client.explain(form.id);
  // why.words: "pending: There is no network."   why.hold.until: when it is tried at the latest
  if (why.submission.state == lodge::State::delivered) {
    std::string proof = why.receipt->evidence;  // "201 with ETag"
  }
  // to here
}
