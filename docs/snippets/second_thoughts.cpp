#include <lodge/client.hpp>

void second_thoughts(lodge::Client& client, lodge::SubmissionId rejected,
                     lodge::SubmissionId pending) {
  // from here
  lodge::Draft draft = client.amend(rejected);  // its content; submitting it replaces the form
  draft.content["hours"] = 8;
  client.submit(draft);

  client.retry({.collection = "availability"});  // all refused ones back as they are

  try {
    client.withdraw(pending);
  } catch (const lodge::Error& error) {
    if (error.code() != lodge::Errc::maybe_received) throw;
    client.withdraw(pending, lodge::maybe_received::accept);  // the server may have it
  }
  // to here
}
