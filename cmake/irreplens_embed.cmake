# irreplens_embed(TARGET FILES..) puts files into a library as they are. Each becomes a variable of the header
# embedded/TARGET.hpp: report.css is embedded::report_css, a std::string_view.
function(irreplens_embed target)
  set(folder ${PROJECT_BINARY_DIR}/embedded)
  set(declarations "")
  set(definitions "")
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    set(symbol irreplens_embedded_${name})
    string(APPEND declarations "extern const std::string_view ${name};\n")
    string(APPEND definitions "asm(\".section .rodata\\n.balign 16\\n.global ${symbol}\\n.hidden ${symbol}\\n"
                              "${symbol}:\\n.incbin \\\"${file}\\\"\\n.global ${symbol}_end\\n"
                              ".hidden ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n"
                              "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n"
                              "const std::string_view embedded::${name}(${symbol}, "
                              "static_cast<std::size_t>(${symbol}_end - ${symbol}));\n")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/${target}.hpp
       CONTENT "#pragma once\n#include <string_view>\nnamespace embedded {\n${declarations}}\n" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${target}.cpp CONTENT "#include \"embedded/${target}.hpp\"\n${definitions}" @ONLY)
  set_source_files_properties(${folder}/${target}.cpp PROPERTIES OBJECT_DEPENDS "${ARGN}"
                              SKIP_UNITY_BUILD_INCLUSION ON)  # a unity source would not be built again with ARGN
  target_sources(${target} PRIVATE ${folder}/${target}.cpp)
endfunction()
