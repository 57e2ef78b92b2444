# The second engine and its comparison with the fast one.
set(SECOND_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB second_sources CONFIGURE_DEPENDS ${SECOND_DIR}/*.c)
add_executable(second ${second_sources} ${META_DIR}/random_model.c ${META_DIR}/world.c)
target_link_libraries(second PRIVATE kura_test_support kura_flags m)

add_test(NAME second.quick COMMAND second)
add_test(NAME second.random COMMAND second --models 500)
add_test(NAME second.japan COMMAND second --file ${PROJECT_SOURCE_DIR}/configs/japan/japan.yaml 2 777)
set_tests_properties(second.quick PROPERTIES TIMEOUT 600 LABELS trust)
set_tests_properties(second.random second.japan PROPERTIES TIMEOUT 3600 LABELS "trust;slow")
# The comparisons go to trust/second_*.tsv of the build folder, a file a test.
set_tests_properties(second.quick second.random second.japan PROPERTIES ENVIRONMENT "KURA_TRUST_DIR=${PROJECT_BINARY_DIR}/trust")
