# Exact references: a library of its own, without any code of the engine: tests/exact/*.c but the tests.
set(EXACT_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB exact_sources CONFIGURE_DEPENDS ${EXACT_DIR}/*.c)
list(FILTER exact_sources EXCLUDE REGEX "/test_[a-z_]+\\.c$")
add_library(kura_exact STATIC ${exact_sources})
target_include_directories(kura_exact PUBLIC ${CMAKE_CURRENT_LIST_DIR}/..)
target_compile_options(kura_exact PRIVATE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla)
if(KURA_WERROR)
  target_compile_options(kura_exact PRIVATE -Werror)
endif()
if(KURA_SANITIZE)
  target_compile_options(kura_exact PRIVATE -fsanitize=${KURA_SANITIZE} -fno-omit-frame-pointer -g)
endif()
target_link_libraries(kura_exact PUBLIC m)

# Tests of the references, and those that compare the engine with them.
set(exact_tests ${test_files})
list(FILTER exact_tests INCLUDE REGEX "/(exact|trust)/test_[a-z_]+\\.c$")
foreach(file IN LISTS exact_tests)
  string(REGEX REPLACE ".*/(exact|trust)/test_([a-z_]+)\\.c$" "t_\\1_\\2" target ${file})
  target_link_libraries(${target} PRIVATE kura_exact)
endforeach()
