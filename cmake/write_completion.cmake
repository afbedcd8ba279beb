# Run at build time: what PROGRAM prints for SHELL, in OUTPUT.
execute_process(COMMAND ${PROGRAM} completion ${SHELL} OUTPUT_FILE ${OUTPUT} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} completion ${SHELL} failed")
endif()
