# A program that breaks the promise of equal bits: prices of the instruction set v3 are compiled with contraction of
# a*b+c.  test_compilers.sh must see it.
get_property(isas GLOBAL PROPERTY KURA_ISAS)
if("v3" IN_LIST isas)
  file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.c)
  set(contracted ${CMAKE_CURRENT_BINARY_DIR}/contracted/price.c)
  configure_file(${PROJECT_SOURCE_DIR}/src/sim/lanes/price.c ${contracted} COPYONLY)
  add_executable(tool_contracted ${cli_sources} ${contracted})
  target_link_libraries(tool_contracted PRIVATE kura m)
  set_source_files_properties(${contracted} PROPERTIES COMPILE_DEFINITIONS KURA_ISA=v3
    COMPILE_OPTIONS "-march=x86-64-v3;-fopenmp-simd;-ffp-contract=fast")
endif()
