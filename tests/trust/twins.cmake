# Twins of the statistical tests: engines that are wrong on purpose, one text file each in twins/.  A copy of one source file
# with the mistake in it is compiled and linked in front of the library to the objects of a test program (any tests/*/test_*.c);
# run with the arguments given, that program must fail and print what `seen` says.
set(TRUST_DIR ${CMAKE_CURRENT_LIST_DIR})
file(GLOB trust_twin_files CONFIGURE_DEPENDS ${TRUST_DIR}/twins/*.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${trust_twin_files})
if(NOT KURA_BUILD_TWINS)
  set(trust_twin_files)
endif()
foreach(twin IN LISTS trust_twin_files)
  get_filename_component(name ${twin} NAME_WE)
  file(READ ${twin} content)
  foreach(key file program seen why)
    meta_field("${content}" ${key} ${key})
  endforeach()
  set(arguments "")
  if(content MATCHES "\narguments: ")
    meta_field("${content}" arguments arguments)
  endif()
  set(expect caught) # or pass: a control
  if(content MATCHES "\nexpect: ")
    meta_field("${content}" expect expect)
  endif()
  string(REGEX REPLACE "^(unit/)?([a-z]+)/test_([a-z_]+)\\.c$" "t_\\2_\\3" tested ${program})
  get_target_property(libraries ${tested} LINK_LIBRARIES)
  get_filename_component(base ${file} NAME_WE)
  set(copy ${CMAKE_CURRENT_BINARY_DIR}/twins/${name}/${base}_twin.c)
  add_custom_command(OUTPUT ${copy}
    COMMAND ${CMAKE_COMMAND} -DTWIN=${twin} -DSOURCE=${PROJECT_SOURCE_DIR}/${file} -DCOPY=${copy} -P ${META_DIR}/make_twin.cmake
    DEPENDS ${twin} ${PROJECT_SOURCE_DIR}/${file} ${META_DIR}/make_twin.cmake)
  add_executable(trust_twin_${name} ${copy} $<TARGET_OBJECTS:${tested}>)
  target_link_libraries(trust_twin_${name} PRIVATE ${libraries} kura_flags)
  target_compile_options(trust_twin_${name} PRIVATE -w) # the copy may leave a variable unused
  if(file MATCHES "/lanes/")
    target_compile_options(trust_twin_${name} PRIVATE -fopenmp-simd)
    target_compile_definitions(trust_twin_${name} PRIVATE KURA_ISA=baseline)
  endif()
  add_test(NAME trust.twin.${name}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DPROGRAM=$<TARGET_FILE:trust_twin_${name}> -DPROGRAM_NAME=trust_twin_${name}
      "-DARGUMENTS=${arguments}" "-DSEEN=${seen}" "-DWHY=${why}" -DEXPECT=${expect} -P ${TRUST_DIR}/run_twin.cmake)
  set_tests_properties(trust.twin.${name} PROPERTIES ENVIRONMENT "KURA_TEST_ISA=baseline")
  list(APPEND trust_twin_tests trust.twin.${name})
  if(NOT expect STREQUAL "pass")
    list(APPEND trust_twin_rows twin_${name})
  endif()
endforeach()
