#include <lodge/testing/kiosk.hpp>

// A form that is filed offline arrives when the network is back.
int main() {
  lodge::testing::Kiosk kiosk;
  kiosk.go_offline();
  lodge::Draft form = kiosk.client().edit({"availability", "ada"});
  form.content["monday"] = "09:00-12:00";
  kiosk.client().submit(form);
  kiosk.pass(std::chrono::hours(72));
  if (!kiosk.server().changes().empty()) return 1;
  kiosk.come_online();
  kiosk.pass(std::chrono::minutes(1));
  return kiosk.server().content({"availability", "ada"}) == form.content ? 0 : 2;
}
