#pragma once

#include <optional>
#include <string_view>

#include "lodge/conflict.hpp"
#include "lodge/draft.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"

namespace lodge::storage {

// The words by which rows name their values; name() of each is declared beside its type. A parse of
// any other word is empty: the row is damaged.

std::string_view name(Step step);

std::optional<Operation> parse_operation(std::string_view text);
std::optional<BaseKind> parse_base(std::string_view text);
std::optional<Presence> parse_presence(std::string_view text);
std::optional<Step> parse_step(std::string_view text);
std::optional<ConflictPolicy> parse_policy(std::string_view text);
std::optional<Precondition> parse_precondition(std::string_view text);
std::optional<GateScope> parse_gate_scope(std::string_view text);
std::optional<GateReason> parse_gate_reason(std::string_view text);

}  // namespace lodge::storage
