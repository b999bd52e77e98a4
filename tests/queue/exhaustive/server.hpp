#pragma once

#include "queue/exhaustive/world.hpp"

namespace lodge::test {

/// A server after docs/wire.md: keys before preconditions, a fresh tag for every state.
Reply answer(World& world, const Flight& flight);

enum class Foreign { other_member, same_member, removes };
/// Somebody else changes the record.
void edit(World& world, RecordName record, Foreign what);

/// Notes whose forms the record says now.
void look(World& world, RecordName record);

/// The honest answer, but for its ETag.
Reply without_tag(Reply reply);

}  // namespace lodge::test
