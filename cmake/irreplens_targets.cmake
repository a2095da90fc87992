# What every target of the project is built with, and the functions that declare one.

add_library(irreplens_options INTERFACE)
target_compile_options(irreplens_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wshadow;-Wconversion;-Werror>
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wshadow,-Werror;-Werror=all-warnings>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(irreplens_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)  # false alarms on "text" + string: GCC bug 105651
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(irreplens_options INTERFACE -Wno-sign-conversion)  # part of -Wconversion there, not in GCC
endif()
if(IRREPLENS_SANITIZE)
  target_compile_options(irreplens_options INTERFACE -fsanitize=${IRREPLENS_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(irreplens_options INTERFACE -fsanitize=${IRREPLENS_SANITIZE})
endif()

# irreplens_library(NAME SOURCES.. ) declares the static library irreplens::NAME of the folder NAME/.
# Headers are included as "NAME/file.hpp", in this tree and when installed.
function(irreplens_library name)
  add_library(irreplens_${name} STATIC ${ARGN})
  add_library(irreplens::${name} ALIAS irreplens_${name})
  set_target_properties(irreplens_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(irreplens_${name} PUBLIC cxx_std_20)
  target_include_directories(irreplens_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                             $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/irreplens>)
  target_link_libraries(irreplens_${name} PRIVATE $<BUILD_INTERFACE:irreplens_options>)
endfunction()

# irreplens_program(NAME SOURCES..) declares a program; link its libraries with target_link_libraries.
function(irreplens_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE irreplens_options)
endfunction()
