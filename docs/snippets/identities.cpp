#include <lodge/client.hpp>

std::string token_of(const std::string&, bool) { return "..."; }

lodge::Draft for_several_people() {
  // from here
  lodge::Options options{.store = "kiosk.lodge", .endpoint = "https://forms.example.org/v1"};
  options.authorize = [](const lodge::Authorization& wanted) -> std::vector<lodge::Header> {
    return {{"Authorization", "Bearer " + token_of(wanted.identity, wanted.refresh)}};
  };
  lodge::Client client(std::move(options));
  lodge::Draft draft = client.edit({"reports", lodge::new_key()}, {.identity = "ada"});
  // to here
  return draft;
}
