#include <lodge/client.hpp>

struct Window {
  void show_delivered(const lodge::SubmissionId&) {}
  void show_warning(const std::string&) {}
};

lodge::Subscription show(lodge::Client& client, Window& window) {
  // from here
  lodge::Subscription subscription = client.on_event([&](const lodge::Event& event) {
    if (event.kind == lodge::EventKind::delivered) window.show_delivered(*event.submission);
    if (event.kind == lodge::EventKind::autosave_failed) window.show_warning(event.words);
  });
  // to here
  return subscription;
}
