# Run at build time: OUTPUT is INPUT as gzip packs it, without a date in it.
execute_process(COMMAND ${GZIP} -9nc ${INPUT} OUTPUT_FILE ${OUTPUT} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${GZIP} failed")
endif()
