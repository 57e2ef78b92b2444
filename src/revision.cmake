# cmake -DFROM=<source folder> -DHEADER=<file> -P revision.cmake: the commit that is built, for /provenance.
# The header is touched only when the commit or its state changed, so a build of the same tree stays up to date.
set(revision "unknown")
find_program(GIT git)
if(GIT AND EXISTS ${FROM}/.git)
  execute_process(COMMAND ${GIT} -c safe.directory=* describe --always --dirty --abbrev=12 WORKING_DIRECTORY ${FROM}
    OUTPUT_VARIABLE out ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(NOT failed)
    set(revision "${out}")
  endif()
endif()
set(text "#define KURA_REVISION \"${revision}\"\n")
set(before "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
