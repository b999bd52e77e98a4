#include "client/client_child.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "lodge/client.hpp"
#include "support/catch.hpp"

namespace lodge::test {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

void say(const std::string& line) { std::cout << line << std::endl; }

// Until the test that reads our output is gone.
[[noreturn]] void stay() {
  pollfd output{STDOUT_FILENO, 0, 0};
  while (poll(&output, 1, -1) <= 0) {
  }
  _exit(0);
}

void write_forms(Client& client, const std::string& name, int forms) {
  for (int i = 0; i < forms; ++i) {
    Draft draft = client.edit({"f", name + "-" + std::to_string(i)});
    draft.content = {{"by", name}, {"number", i}};
    client.submit(draft);
    say("filed " + draft.record.key);
  }
  say("done");
}

// Not a test: what a ClientChild runs.
TEST_CASE("a client in a program of its own", "[.][client-child]") {
  const std::string part = variable("LODGE_CHILD_PART");
  if (part.empty()) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  say("pid " + std::to_string(getpid()) + " ");
  Options options;
  options.store = variable("LODGE_CHILD_STORE");
  options.endpoint = variable("LODGE_CHILD_ENDPOINT");
  options.spread = std::chrono::milliseconds(0);
  options.deliver = part != "write";
  Client client(options);
  if (options.deliver) client.flush(std::chrono::seconds(5));
  if (part == "idle" && fork() == 0) stay();
  say("open");
  if (part == "write") {
    write_forms(client, variable("LODGE_CHILD_NAME"), std::stoi(variable("LODGE_CHILD_FORMS")));
  }
  stay();
}

std::string part_name(ClientChild::Part part) {
  switch (part) {
    case ClientChild::Part::deliver:
      return "deliver";
    case ClientChild::Part::write:
      return "write";
    case ClientChild::Part::idle:
      return "idle";
  }
  return "";
}

}  // namespace

ClientChild::ClientChild(Part part, const std::string& store, const std::string& endpoint,
                         const std::string& name, int forms)
    : process_({"/proc/self/exe", "[client-child]"},
               {"LODGE_CHILD_PART=" + part_name(part), "LODGE_CHILD_STORE=" + store,
                "LODGE_CHILD_ENDPOINT=" + endpoint, "LODGE_CHILD_NAME=" + name,
                "LODGE_CHILD_FORMS=" + std::to_string(forms)}) {
  if (!process_.wait_for_output(" \n")) return;
  const std::string& said = process_.output();
  pid_ = std::stoi(said.substr(said.find("pid ") + 4));
}

bool ClientChild::wait_until_open() { return process_.wait_for_output("open\n"); }

void ClientChild::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  process_.wait();
  pid_ = 0;
}

int ClientChild::filed() const {
  int count = 0;
  const std::string& said = process_.output();
  for (auto at = said.find("filed "); at != std::string::npos; at = said.find("filed ", at + 1)) {
    if (said.find('\n', at) != std::string::npos) ++count;
  }
  return count;
}

}  // namespace lodge::test
