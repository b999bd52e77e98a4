#include <lodge/client.hpp>

void in_arrears(lodge::Client& client, const lodge::RecordId& record, lodge::Time last_week) {
  // from here
  lodge::Draft draft = client.edit(record, {.lane = "deferred"});
  draft.content["hours"] = 7.5;
  client.submit(draft, {.effective_at = last_week, .reason = "entered from paper"});
  // to here
}
