# `cmake --install`: headers, libraries, programs, and a package file, so that another project can
#   find_package(irreplens COMPONENTS group)   and link   irreplens::group   alone.

include(CMakePackageConfigHelpers)
