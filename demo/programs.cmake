include(forms.cmake)

add_executable(forms_server_program programs/forms_server_main.cpp)
set_target_properties(forms_server_program PROPERTIES OUTPUT_NAME forms-server)
target_link_libraries(forms_server_program PRIVATE forms_server)
lodge_own_warnings(forms_server_program)

# The pieces are libraries, so that the tests can take them apart.
file(GLOB day_sources CONFIGURE_DEPENDS day/*.cpp)
add_library(demo_day STATIC ${day_sources})
target_link_libraries(demo_day PUBLIC lodge forms_server demo_forms PRIVATE Threads::Threads)
lodge_own_warnings(demo_day)

add_executable(lodge_demo_program programs/lodge_demo_main.cpp)
set_target_properties(lodge_demo_program PROPERTIES OUTPUT_NAME lodge-demo)
target_link_libraries(lodge_demo_program PRIVATE demo_day)
lodge_own_warnings(lodge_demo_program)

file(GLOB form_sources CONFIGURE_DEPENDS form/*.cpp)
add_library(demo_form STATIC ${form_sources})
target_include_directories(demo_form PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(demo_form PUBLIC lodge)
lodge_own_warnings(demo_form)

add_executable(lodge_form_program programs/lodge_form_main.cpp)
set_target_properties(lodge_form_program PROPERTIES OUTPUT_NAME lodge-form)
target_link_libraries(lodge_form_program PRIVATE demo_form)
lodge_own_warnings(lodge_form_program)
