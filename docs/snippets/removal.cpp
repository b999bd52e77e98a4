#include <lodge/client.hpp>

void remove_what_was_shown(lodge::Client& client, const lodge::RecordId& record) {
  // from here
  lodge::Refreshed seen = client.refresh(record);  // asks the server
  if (seen.record.presence == lodge::Presence::present) {
    client.remove(record, {.version = seen.record.version, .reason = "left the team"});
  }
  // to here
}
