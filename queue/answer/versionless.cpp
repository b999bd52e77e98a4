#include "queue/answer/versionless.hpp"

#include <algorithm>

namespace lodge::queue {
namespace {

constexpr std::string_view sentences[] = {
    "The server names no version of its copy to go by.",
    "The server names no version of its copy to go by, for the second time.",
    "The server names no version of its copy to go by, for the third time.",
};
constexpr int most = static_cast<int>(std::size(sentences));

}  // namespace

int versionless_reads(std::string_view problem) {
  for (int reads = most; reads > 0; --reads) {
    if (problem.starts_with(sentences[reads - 1])) return reads;
  }
  return 0;
}

std::string after_versionless_read(std::string_view problem) {
  return std::string(sentences[std::min(versionless_reads(problem), most - 1)]);
}

std::string after_failed_read(std::string_view problem, const std::string& words) {
  const int reads = versionless_reads(problem);
  return reads == 0 ? words : std::string(sentences[reads - 1]) + " " + words;
}

}  // namespace lodge::queue
