# libsodium ships no CMake package of its own on Debian; this defines sodium::sodium.
find_path(SODIUM_INCLUDE_DIR sodium.h)
find_library(SODIUM_LIBRARY sodium)
if(SODIUM_INCLUDE_DIR AND EXISTS ${SODIUM_INCLUDE_DIR}/sodium/version.h)
  file(STRINGS ${SODIUM_INCLUDE_DIR}/sodium/version.h line REGEX "define SODIUM_VERSION_STRING")
  string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" SODIUM_VERSION "${line}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Sodium REQUIRED_VARS SODIUM_LIBRARY SODIUM_INCLUDE_DIR
                                  VERSION_VAR SODIUM_VERSION)
if(Sodium_FOUND AND NOT TARGET sodium::sodium)
  add_library(sodium::sodium UNKNOWN IMPORTED)
  set_target_properties(sodium::sodium PROPERTIES
                        IMPORTED_LOCATION ${SODIUM_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${SODIUM_INCLUDE_DIR})
endif()
