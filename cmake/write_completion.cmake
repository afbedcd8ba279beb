# Run at build time: what PROGRAM prints for SHELL, in OUTPUT.
execute_process(COMMAND ${PROGRAM} complete ${SHELL} OUTPUT_FILE ${OUTPUT} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} complete ${SHELL} failed")
endif()
