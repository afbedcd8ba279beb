# lfmfit_embed_data(OUTPUT FILES...): a C++ file that holds the text of each data file, so that the program needs none.
function(lfmfit_embed_data output)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${ARGN}" -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_embedded_data.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/write_embedded_data.cmake
    COMMENT "Embedding data/" VERBATIM)
endfunction()
