#include <lodge/client.hpp>

lodge::Options with_policies() {
  // from here
  lodge::Options options{.store = "kiosk.lodge", .endpoint = "https://forms.example.org/v1"};
  options.every_collection = {.server_members = {"_id", "_rev", "updated_at"}};
  options.collections["availability"] = {.policy = lodge::ConflictPolicy::ours};
  // to here
  return options;
}
