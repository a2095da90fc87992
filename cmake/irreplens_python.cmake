# IRREPLENS_HAS_PYTHON: whether the Python package can be built, and with which interpreter. scikit-build-core says it
# when it builds a wheel; else it is the virtual environment that tools/python_environment makes.

set(IRREPLENS_HAS_PYTHON OFF)
if(IRREPLENS_PYTHON)
  set(environment ${PROJECT_SOURCE_DIR}/build/python/venv)
  if(NOT SKBUILD AND EXISTS ${environment}/bin/python)
    set(Python_EXECUTABLE ${environment}/bin/python)
  endif()
  find_package(Python 3.10 COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
  if(Python_FOUND)
    execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir OUTPUT_VARIABLE nanobind_ROOT
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    find_package(nanobind CONFIG QUIET)
  endif()
  if(Python_FOUND AND nanobind_FOUND)
    set(IRREPLENS_HAS_PYTHON ON)
    message(STATUS "Python package: by nanobind ${nanobind_VERSION}, for Python ${Python_VERSION}")
  elseif(SKBUILD)
    message(FATAL_ERROR "the wheel needs Python's headers and nanobind")
  else()
    message(STATUS "Python package: not built, no Python 3.10 with its headers and nanobind; see tools/python_environment")
  endif()
endif()
