# What every target of the project is built with, and the functions that declare one.

# What builds soonest at the same speed: of all that -O3 adds to -O2 only vectors are of use here, and the engine's inner
# loops ask for -O3 themselves. GCC's own garbage is left alone up to a gigabyte, which takes a tenth off large sources.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -ftree-vectorize -fvect-cost-model=dynamic -DNDEBUG")
  endif()
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:--param=ggc-min-heapsize=1000000>)
endif()

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
  irreplens_compile_together(irreplens_${name} 20)
endfunction()

# irreplens_documents(LIBRARY NAME SOURCES..) adds to the library sources that read and write documents: nothing is
# gained by optimising these, and they are compiled as one, since the JSON library's headers take longer than all of
# them.
function(irreplens_documents library name)
  set(objects irreplens_${library}_${name})
  add_library(${objects} OBJECT ${ARGN})
  foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS)
    set_target_properties(${objects} PROPERTIES ${property} $<TARGET_PROPERTY:irreplens_${library},${property}>)
  endforeach()
  target_compile_features(${objects} PRIVATE cxx_std_20)
  target_compile_options(${objects} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(${objects} PRIVATE irreplens_options)
  set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  irreplens_compile_together(${objects} 0)
  target_sources(irreplens_${library} PRIVATE $<TARGET_OBJECTS:${objects}>)
endfunction()

# Compiles the sources of a target together, `most` at a time, 0 for all at once: most of a build is headers. A sanitizer's
# build compiles each alone, which shows that it includes what it needs.
function(irreplens_compile_together target most)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${IRREPLENS_UNITY} UNITY_BUILD_BATCH_SIZE ${most})
endfunction()

# irreplens_one_source(LIST FILE) puts in place of a list's sources one that includes them all, FILE in the build's folder:
# for CUDA's, which CMake does not compile together, and for those that no others may join.
function(irreplens_one_source list file)
  if(IRREPLENS_UNITY)
    list(TRANSFORM ${list} PREPEND "#include \"${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE lines)
    list(TRANSFORM lines APPEND "\"\n")
    list(JOIN lines "" text)
    set(one ${CMAKE_CURRENT_BINARY_DIR}/${file})
    file(CONFIGURE OUTPUT ${one} CONTENT "${text}" @ONLY)
    set(${list} ${one})
  endif()
  set_source_files_properties(${${list}} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${list} ${${list}} PARENT_SCOPE)
endfunction()

# irreplens_program(NAME SOURCES..) declares a program; link its libraries with target_link_libraries.
function(irreplens_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE irreplens_options)
endfunction()
