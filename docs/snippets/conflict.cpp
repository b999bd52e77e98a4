#include <lodge/client.hpp>

nlohmann::json ask_a_person(const lodge::Conflict&) { return nlohmann::json::object(); }

void settle_conflicts(lodge::Client& client) {
  // from here
  for (const lodge::Conflict& conflict : client.conflicts()) {
    // conflict.base, .ours, .theirs are the three texts, .overlaps the members in dispute
    nlohmann::json decided = ask_a_person(conflict);
    client.resolve(conflict.submission, lodge::Resolution::merged(decided), conflict.version);
  }
  // to here
}
