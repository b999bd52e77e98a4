# The forms that the demonstration files. Their CSV is compiled in, so an installed or copied program
# needs no file beside it.
include_guard(DIRECTORY)

set(wildlife_csv ${CMAKE_CURRENT_SOURCE_DIR}/data/wildlife-strikes.csv)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${wildlife_csv})
file(READ ${wildlife_csv} wildlife_strikes)
file(CONFIGURE OUTPUT wildlife_strikes.cpp @ONLY CONTENT [[
#include <string_view>

namespace lodge::demo {

extern const std::string_view wildlife_strikes_csv;
const std::string_view wildlife_strikes_csv = R"csv(@wildlife_strikes@)csv";

}  // namespace lodge::demo
]])

add_library(demo_forms STATIC csv.cpp forms.cpp ${CMAKE_CURRENT_BINARY_DIR}/wildlife_strikes.cpp)
target_include_directories(demo_forms PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(demo_forms PUBLIC lodge_records)
lodge_own_warnings(demo_forms)

# Whoever runs the reference server files these forms at it.
target_link_libraries(forms_server INTERFACE demo_forms)
