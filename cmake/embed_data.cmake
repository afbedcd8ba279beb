# lfmfit_embed_data(OUTPUT FUNCTION HEADER FILES...): a C++ file with the text of each file, so that the program needs none
# beside it. HEADER, from src/, declares FUNCTION, which returns them.
function(lfmfit_embed_data output function header)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} -DHEADER=${header} "-DFILES=${ARGN}" -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_embedded_data.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/write_embedded_data.cmake
    COMMENT "Embedding what ${header} declares" VERBATIM)
endfunction()
