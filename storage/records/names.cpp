#include "storage/schema/names.hpp"

#include <array>
#include <cstddef>

namespace lodge {
namespace {

/// The words of an enumeration, in the order of its values.
template <class Enum, std::size_t size>
struct Words {
  std::array<std::string_view, size> words;

  constexpr std::string_view of(Enum value) const {
    const auto index = static_cast<std::size_t>(value);
    return index < size ? words[index] : std::string_view("unknown");
  }
  constexpr std::optional<Enum> find(std::string_view text) const {
    for (std::size_t i = 0; i < size; ++i)
      if (words[i] == text) return static_cast<Enum>(i);
    return std::nullopt;
  }
};

constexpr Words<State, state_count> states{{"pending", "sending", "unconfirmed", "conflicted",
                                            "rejected", "delivered", "withdrawn", "replaced"}};
constexpr Words<Operation, 2> operations{{"put", "remove"}};
constexpr Words<BaseKind, 4> bases{{"absent", "unknown", "version", "after"}};
constexpr Words<Presence, 3> presences{{"unknown", "present", "absent"}};
constexpr Words<Step, 2> steps{{"send", "check"}};
constexpr Words<ConflictPolicy, 4> policies{{"ask", "ours", "theirs", "manual"}};
constexpr Words<storage::Precondition, 3> preconditions{{"none", "absent", "match"}};
constexpr Words<storage::GateScope, 5> scopes{{"all", "origin", "collection", "identity", "lane"}};
constexpr Words<storage::GateReason, 6> reasons{
    {"paused", "intercepted", "sign_in", "busy", "unreachable", "refused"}};

static_assert(states.of(State::replaced) == "replaced");
static_assert(bases.of(BaseKind::after) == "after");
static_assert(scopes.of(storage::GateScope::lane) == "lane");
static_assert(reasons.of(storage::GateReason::refused) == "refused");

}  // namespace

std::string_view name(State state) { return states.of(state); }
std::optional<State> parse_state(std::string_view text) { return states.find(text); }
std::string_view name(Operation operation) { return operations.of(operation); }
std::string_view name(BaseKind kind) { return bases.of(kind); }
std::string_view name(Presence presence) { return presences.of(presence); }
std::string_view name(ConflictPolicy policy) { return policies.of(policy); }

namespace storage {

std::string_view name(Step step) { return steps.of(step); }
std::string_view name(Precondition precondition) { return preconditions.of(precondition); }
std::string_view name(GateScope scope) { return scopes.of(scope); }
std::string_view name(GateReason reason) { return reasons.of(reason); }

std::optional<Operation> parse_operation(std::string_view text) { return operations.find(text); }
std::optional<BaseKind> parse_base(std::string_view text) { return bases.find(text); }
std::optional<Presence> parse_presence(std::string_view text) { return presences.find(text); }
std::optional<Step> parse_step(std::string_view text) { return steps.find(text); }
std::optional<ConflictPolicy> parse_policy(std::string_view text) { return policies.find(text); }
std::optional<Precondition> parse_precondition(std::string_view text) {
  return preconditions.find(text);
}
std::optional<GateScope> parse_gate_scope(std::string_view text) { return scopes.find(text); }
std::optional<GateReason> parse_gate_reason(std::string_view text) { return reasons.find(text); }

}  // namespace storage
}  // namespace lodge
