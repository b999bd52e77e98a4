#include <lodge/client.hpp>

void a_form(lodge::Client& client, const lodge::RecordId& record) {
  // from here
  lodge::Draft draft = client.edit(record);  // what was typed before a crash is in it
  draft.content["name"] = "Ada";
  client.autosave(draft);  // after every keystroke: costs microseconds

  draft.content["name"] = "Ada Lovelace";
  client.save(draft);  // when the page is left: on disk when it returns

  for (const lodge::Draft& unfinished : client.drafts()) {
    if (unfinished.content.empty()) client.discard(unfinished);  // its texts are erased
  }
  // to here
}
