# The second engine and its comparison with the fast one.
set(SECOND_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB second_sources CONFIGURE_DEPENDS ${SECOND_DIR}/*.c)
add_executable(second ${second_sources} ${META_DIR}/random_model.c ${META_DIR}/world.c)
target_link_libraries(second PRIVATE kura_test_support kura_flags m)
