# Twins: engines that are wrong on purpose, one text file each in twins/.  A copy of one source file with the mistake in it
# is compiled and linked in front of the library; then the rules named in the file must be violated.
set(META_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB meta_sources CONFIGURE_DEPENDS ${META_DIR}/*.c)
list(FILTER meta_sources EXCLUDE REGEX "/test_[^/]*$")
add_library(meta_objects OBJECT ${meta_sources})
target_link_libraries(meta_objects PRIVATE kura_test_support kura_flags)

add_executable(metamorphic $<TARGET_OBJECTS:meta_objects>)
target_link_libraries(metamorphic PRIVATE kura_test_support m)

# One test a rule, so that they run side by side.
foreach(rule M1 M2 M3 M3-release M1-mean M2-mean M3-mean M4 M4-golden M5 M5-currency M5-any M6 M6-hazards M7 M7-independent M8 M9 M9-random
        M10 M11 M12 M13 M14)
  add_test(NAME metamorphic.${rule} COMMAND metamorphic ${rule})
  set_tests_properties(metamorphic.${rule} PROPERTIES TIMEOUT 600 LABELS slow)
endforeach()

add_test(NAME metamorphic.deviations
  COMMAND metamorphic deviation-M1 deviation-M2 deviation-M3 deviation-M4 deviation-M6 deviation-M6-stockpiles)

# The text of `key: text` in a twin's file.
function(meta_field content key out)
  string(FIND "${content}" "${key}: " from)
  if(from EQUAL -1)
    message(FATAL_ERROR "no \"${key}:\" in a twin's file")
  endif()
  string(LENGTH "${key}: " skip)
  math(EXPR from "${from} + ${skip}")
  string(SUBSTRING "${content}" ${from} -1 rest)
  string(FIND "${rest}" "\n" end)
  string(SUBSTRING "${rest}" 0 ${end} text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

file(GLOB twin_files CONFIGURE_DEPENDS ${META_DIR}/twins/*.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${twin_files})
if(NOT KURA_BUILD_TWINS)
  set(twin_files)
endif()
foreach(twin IN LISTS twin_files)
  get_filename_component(name ${twin} NAME_WE)
  file(READ ${twin} content)
  meta_field("${content}" file source)
  meta_field("${content}" rules rules)
  meta_field("${content}" models models)
  meta_field("${content}" expect expect)
  separate_arguments(rules)
  get_filename_component(base ${source} NAME_WE)
  set(copy ${CMAKE_CURRENT_BINARY_DIR}/twins/${name}/${base}_twin.c)
  add_custom_command(OUTPUT ${copy}
    COMMAND ${CMAKE_COMMAND} -DTWIN=${twin} -DSOURCE=${PROJECT_SOURCE_DIR}/${source} -DCOPY=${copy} -P ${META_DIR}/make_twin.cmake
    DEPENDS ${twin} ${PROJECT_SOURCE_DIR}/${source} ${META_DIR}/make_twin.cmake)
  add_executable(twin_${name} ${copy} $<TARGET_OBJECTS:meta_objects>)
  target_link_libraries(twin_${name} PRIVATE kura_test_support kura_flags m)
  target_compile_options(twin_${name} PRIVATE -w) # the copy may leave a variable unused
  if(source MATCHES "/lanes/")
    target_compile_options(twin_${name} PRIVATE -fopenmp-simd)
    target_compile_definitions(twin_${name} PRIVATE KURA_ISA=baseline)
  endif()
  if(expect STREQUAL "pass")
    set(mode --baseline)
  else()
    set(mode --twin)
  endif()
  add_test(NAME metamorphic.twin.${name} COMMAND twin_${name} ${mode} --models ${models} ${rules})
  set_tests_properties(metamorphic.twin.${name} PROPERTIES TIMEOUT 600 LABELS slow)
endforeach()
