#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulation/world.hpp"

namespace lodge::test {

/// Compares what people were told, what the store holds and what the server has seen. What does not
/// fit goes into the world's trace as wrong.
class Judge {
 public:
  explicit Judge(World& world);

  /// What must hold at any moment.
  void look();
  /// What must hold once everything is settled.
  void judge();

 private:
  struct Row {
    SubmissionId id{};
    std::int64_t number = 0;
    RecordId record{};
    std::int64_t place = 0;
    Operation operation = Operation::put;
    State state = State::pending;
    std::string identity{};
    nlohmann::json content{};  ///< null for a removal
    nlohmann::json base{};     ///< null: none
    std::string base_version{};
    std::string replaced_by{};
    std::string evidence{};
    std::vector<std::string> keys{};  ///< of its requests, in order
    std::vector<const reference::Effect*> effects{};
  };

  void read();
  void read_requests(const std::string& path);
  void check_accepted();
  void check_final();
  void check_settled();
  void check_delivered(const Row& row);
  void check_once(const Row& row);
  [[nodiscard]] bool is_excused(const reference::Effect& earlier,
                                const reference::Effect& later) const;
  void check_order();
  void check_keys();
  void check_merges(const Row& row);
  void check_versions();
  void count();
  [[nodiscard]] bool was_at_server(const Row& row) const;
  [[nodiscard]] nlohmann::json content_before(const reference::Effect& effect) const;
  [[nodiscard]] ConflictPolicy policy_of(const Row& row) const;
  void wrong(const Row& row, const std::string& sentence);

  World& world_;
  std::map<SubmissionId, Row> rows_{};
  std::map<std::string, SubmissionId> of_key_{};
};

}  // namespace lodge::test
