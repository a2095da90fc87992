# `cmake --install`: programs, libraries, headers, and a package file, so that another project can
#   find_package(irreplens COMPONENTS group)   and link   irreplens::group   alone.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/irreplens)
foreach(component group engine analysis)
  install(TARGETS irreplens_${component} EXPORT irreplens_${component} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT irreplens_${component} NAMESPACE irreplens:: DESTINATION ${package_dir})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${component}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/irreplens/${component}
          FILES_MATCHING PATTERN "*.hpp" PATTERN "*.inc" PATTERN "isa" EXCLUDE)
endforeach()
install(TARGETS train analyze irreps census RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/irreplens-config.cmake.in
                              ${PROJECT_BINARY_DIR}/irreplens-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/irreplens-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/irreplens-config.cmake ${PROJECT_BINARY_DIR}/irreplens-config-version.cmake
        DESTINATION ${package_dir})
