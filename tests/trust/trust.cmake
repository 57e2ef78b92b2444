# Proofs, `ctest -L trust`, and their page.  Every test writes its comparisons to trust/<name>.tsv of the build folder;
# trust.page, the last test, makes trust.html of them.
set(TRUST_ROWS ${PROJECT_BINARY_DIR}/trust)
file(MAKE_DIRECTORY ${TRUST_ROWS})

find_library(GLPK_LIBRARY glpk)
find_path(GLPK_INCLUDE_DIR glpk.h)
if(GLPK_LIBRARY AND GLPK_INCLUDE_DIR) # one of the checks of the optimum; skipped without
  target_include_directories(t_trust_allocation SYSTEM PRIVATE ${GLPK_INCLUDE_DIR})
  target_link_libraries(t_trust_allocation PRIVATE ${GLPK_LIBRARY})
  target_compile_definitions(t_trust_allocation PRIVATE KURA_TEST_GLPK)
  target_include_directories(kura_exact SYSTEM PRIVATE ${GLPK_INCLUDE_DIR})
  target_link_libraries(kura_exact PRIVATE ${GLPK_LIBRARY})
  target_compile_definitions(kura_exact PRIVATE KURA_EXACT_GLPK)
endif()

# Engines wrong on purpose: tests trust.twin.NAME with rows twin_NAME.
include(trust/twins.cmake)

# Programs of this folder: test_NAME.c is the test trust.NAME with rows t_trust_NAME.
set(trust_names ${test_files})
list(FILTER trust_names INCLUDE REGEX "/trust/test_[a-z_]+\\.c$")
list(TRANSFORM trust_names REPLACE ".*/test_([a-z_]+)\\.c$" "\\1")
list(TRANSFORM trust_names PREPEND "trust." OUTPUT_VARIABLE trust_tests)
list(TRANSFORM trust_names PREPEND "t_trust_" OUTPUT_VARIABLE trust_rows)
list(APPEND trust_tests ${trust_twin_tests})
list(APPEND trust_rows ${trust_twin_rows})

# Tests elsewhere that prove as much.  Those in Python skip where NumPy is missing: their rows are optional.
set(trust_optional exogenous exogenous_japan)
list(APPEND trust_tests twin.exogenous twin.japan)

foreach(name IN LISTS trust_tests)
  set_property(TEST ${name} PROPERTY LABELS "trust;slow")
  set_property(TEST ${name} PROPERTY TIMEOUT 1800)
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "KURA_TRUST_DIR=${TRUST_ROWS}")
endforeach()

# The second engine labels its own.
list(APPEND trust_tests second.quick second.random second.japan)
list(APPEND trust_rows second_quick second_random second_japan)

add_executable(trust_page trust/page.c)
target_link_libraries(trust_page PRIVATE kura_flags kura_exact m)
target_compile_definitions(trust_page PRIVATE KURA_VERSION="${PROJECT_VERSION}")
add_test(NAME trust.page COMMAND trust_page ${TRUST_ROWS} ${trust_rows} --optional ${trust_optional})
set_tests_properties(trust.page PROPERTIES LABELS "trust;slow" DEPENDS "${trust_tests}")

# The proofs and their page in one command: cmake --build build --target trust
add_custom_target(trust COMMAND ${CMAKE_CTEST_COMMAND} -L trust --output-on-failure USES_TERMINAL)
