#include <iostream>
// from here
#include <lodge/client.hpp>
// to here

int main() {
  // from here
  lodge::Client client({.store = "kiosk.lodge", .endpoint = "https://forms.example.org/v1"});

  lodge::Draft draft = client.edit({"availability", "ada@example.org"});
  draft.content["monday"] = "09:00-12:00";  // nlohmann::json
  client.autosave(draft);                   // returns at once, on disk within 250 ms
  client.submit(draft);                     // queued and durable when it returns
  client.drain(std::chrono::seconds(5));    // sent when the network allows
  // to here
  std::cout << client.status().waiting() << " waiting\n";
}
