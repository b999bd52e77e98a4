#include <lodge/client.hpp>

#include <iostream>

void print_history(lodge::Client& client, const lodge::RecordId& record) {
  // from here
  lodge::HistoryQuery query{.record = record};
  for (auto page = client.history(query); !page.empty(); page = client.history(query)) {
    for (const lodge::HistoryEntry& entry : page) {
      std::cout << entry.number << ' ' << entry.who << ' ' << entry.action << ' ' << entry.patch
                << '\n';
    }
    query.after_number = page.back().number;
  }
  lodge::Verdict verdict = client.verify_history();
  std::cout << verdict.sentence << " Head: " << verdict.head.hex() << '\n';
  // to here
}
