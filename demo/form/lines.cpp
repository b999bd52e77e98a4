#include "demo/form/lines.hpp"

#include <unistd.h>

#include <iostream>
#include <mutex>
#include <string>

#include "demo/form/session.hpp"

namespace lodge::demo {
namespace {

std::mutex output;  // whole lines: "saved" comes from another thread

void say(const std::string& line) {
  const std::lock_guard lock(output);
  std::cout << line << std::endl;
}

void say_saved(std::optional<Time> at) {
  if (at) say("saved " + time_words(*at));
}

void enter(FormSession& session, const std::string& field, const std::string& value) {
  if (field == form_fields.front().key) {
    session.open(value);
    say("opened " + session.email());
    return;
  }
  // Under the lock, so that "saved" comes after the "typed" that it is about.
  const std::lock_guard lock(output);
  session.set(field, value);
  std::cout << "typed " << field << std::endl;
}

void show(FormSession& session) {
  for (const FieldName& field : form_fields) {
    say(std::string(field.key) + "=" + session.value(field.key));
  }
}

// False: to quit.
bool obey(FormSession& session, const std::string& line) {
  const auto equals = line.find('=');
  if (equals != std::string::npos) {
    enter(session, line.substr(0, equals), line.substr(equals + 1));
  } else if (line == "show") {
    show(session);
  } else if (line == "status") {
    say(session.status());
  } else if (line == "submit") {
    say("submitted " + session.submit().id.text());
  } else if (line == "wait") {
    say(session.wait_for_delivery(std::chrono::seconds(30)) ? "delivered" : "waiting");
  } else if (line == "quit") {
    return false;
  } else if (!line.empty()) {
    say("error: not understood; see lodge-form --help");
  }
  return true;
}

}  // namespace

int run_lines(Options options) {
  FormSession session(std::move(options), say_saved);
  if (const auto email = session.last_email()) {
    session.open(*email);
    say("opened " + *email);
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      if (!obey(session, line)) break;
    } catch (const Error& error) {
      say("error: " + std::string(error.what()));
    }
  }
  return 0;
}

}  // namespace lodge::demo
