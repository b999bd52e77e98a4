// from here
#include <lodge/testing/kiosk.hpp>
// to here
#include <cassert>

void offline_for_three_days() {
  // from here
  lodge::testing::Kiosk kiosk;
  const lodge::RecordId ada{"availability", "ada@example.org"};
  kiosk.server().edit(ada, {{"monday", "09:00-12:00"}}, kiosk.now());
  kiosk.client().refresh(ada);

  kiosk.go_offline();
  lodge::Draft form = kiosk.client().edit(ada);
  form.content["monday"] = "13:00-17:00";
  const lodge::Submission sent = kiosk.client().submit(form);
  kiosk.server().edit(ada, {{"monday", "closed"}}, kiosk.now());  // somebody else
  kiosk.pass(std::chrono::hours(72));

  kiosk.come_online();
  kiosk.pass(std::chrono::minutes(1));
  assert(kiosk.client().submission(sent.id)->state == lodge::State::conflicted);
  const lodge::Conflict conflict = kiosk.client().conflicts(ada).front();
  kiosk.client().resolve(sent.id, lodge::Resolution::ours(), conflict.version);
  kiosk.pass(std::chrono::minutes(1));
  assert(kiosk.server().content(ada) == form.content);
  // to here
}
