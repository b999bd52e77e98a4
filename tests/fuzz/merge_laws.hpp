#pragma once

#include <nlohmann/json.hpp>

#include "lodge/conflict.hpp"

// What must hold of every merge, whatever the three documents; `base` is null where there was none.
namespace lodge::fuzz {

/// Each member is whose it must be, all the way down; the flags and the overlaps say what is so.
void judge_merge(const nlohmann::json* base, const nlohmann::json& ours,
                 const nlohmann::json& theirs, ConflictPolicy policy);

/// Sides change places, a merge is merged again, a side that changed nothing.
void judge_symmetry(const nlohmann::json* base, const nlohmann::json& ours,
                    const nlohmann::json& theirs);

}  // namespace lodge::fuzz
