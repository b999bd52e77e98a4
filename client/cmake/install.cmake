# Installs the libraries, the public headers, and how CMake and pkg-config find them. What is installed
# may be moved as a whole.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/lodge)
install(TARGETS lodge lodge_testing lodge_queue lodge_storage lodge_records EXPORT lodge-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT lodge-targets NAMESPACE lodge:: DESTINATION ${package_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/lodge-config.cmake.in lodge-config.cmake
                              INSTALL_DESTINATION ${package_folder}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(lodge-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lodge-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/lodge-config-version.cmake
        DESTINATION ${package_folder})

file(RELATIVE_PATH prefix_from_pkgconfig /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig ${prefix_from_pkgconfig})
configure_file(${CMAKE_CURRENT_LIST_DIR}/lodge.pc.in lodge.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lodge.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
