#pragma once

#include <string>
#include <string_view>

// How often a check read a copy that names no version. The number stands in the words of the
// submission's problem: the tries grow by reads that failed, too, and those say nothing of the
// copy.
namespace lodge::queue {

/// 0 to 3: by the words of the problem so far.
int versionless_reads(std::string_view problem);

/// The words after one more copy without a version; three are the most.
std::string after_versionless_read(std::string_view problem);

/// The words after a read that yielded no copy: the number stays.
std::string after_failed_read(std::string_view problem, const std::string& words);

}  // namespace lodge::queue
