#pragma once

#include <string>
#include <string_view>

#include "lodge/id.hpp"
#include "lodge/time.hpp"
#include "storage/store.hpp"

// A small valid store with a bit of everything, as bytes; the same every time.
namespace lodge::fuzz {

struct SeedStore {
  std::string file{};
  std::string log{};
};

const SeedStore& seed_store();

/// Writes both to where a store may be opened.
void put_store(const SeedStore& bytes, const std::string& path);

/// When everything in the seed happened.
inline constexpr Time seed_time{std::chrono::hours(24 * 365 * 50)};

/// The seed has submissions 1 to 5 and the draft 6.
SubmissionId seed_id(std::uint8_t last);

/// Whether the seed, or submit_form(), has such a text: damage must not make another.
bool is_seed_text(std::string_view bytes);

Submission submit_form(storage::Store& store, std::uint8_t last, const std::string& key);

/// Claims it as a deliverer does and settles it so.
void deliver_form(storage::Store& store, const Submission& submission, State state);

}  // namespace lodge::fuzz
