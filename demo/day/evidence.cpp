#include "demo/day/evidence.hpp"

namespace lodge::demo {

std::vector<Filed> whole_outbox(Client& client) {
  std::vector<Filed> all;
  Page page{.limit = 1'000, .settled_too = true};
  while (true) {
    const auto submissions = client.outbox(page);
    if (submissions.empty()) return all;
    for (const Submission& one : submissions) all.push_back({one, client.content(one.id)});
    page.after_number = submissions.back().number;
  }
}

}  // namespace lodge::demo
