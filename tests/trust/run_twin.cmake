# cmake -DNAME=... -DPROGRAM=... -DPROGRAM_NAME=... -DARGUMENTS=... -DSEEN=... -DWHY=... -DEXPECT=... -P run_twin.cmake
# Runs a program with an engine that is wrong on purpose; it must fail and print lines that match SEEN (EXPECT "pass": a
# control, which must pass).  A row for the trust page goes to KURA_TRUST_DIR.
separate_arguments(ARGUMENTS)
set(folder "$ENV{KURA_TRUST_DIR}")
unset(ENV{KURA_TRUST_DIR}) # the rows of a wrong engine are none of the page's
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE errors)
string(REGEX MATCHALL "${SEEN}" found "${text}${errors}")
list(LENGTH found times)
if(folder)
  file(REMOVE ${folder}/twin_${NAME}.tsv)
endif()
set(right FALSE)
if(times GREATER 0)
  if(EXPECT STREQUAL "pass" AND status EQUAL 0)
    set(right TRUE)
  elseif(NOT EXPECT STREQUAL "pass" AND status MATCHES "^[1-9][0-9]*$") # a number: it failed, it did not crash
    set(right TRUE)
  endif()
endif()
if(NOT right)
  message("${text}${errors}")
  message(FATAL_ERROR "expected: ${EXPECT}; exit status ${status}, \"${SEEN}\" found ${times} times")
endif()
message(STATUS "trust: ${NAME}: ${WHY} | ${EXPECT}, found ${times} times: ${SEEN}")
if(folder AND NOT EXPECT STREQUAL "pass")
  file(WRITE ${folder}/twin_${NAME}.tsv
    "twin\tEngines wrong on purpose\t${NAME}\t0\t${times}\t0\t0\tholds\t${WHY}\t${SEEN}\t${PROGRAM_NAME}\tctest -R trust.twin.${NAME}\n")
endif()
