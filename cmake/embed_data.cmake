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

# lfmfit_stamp_data(OUTPUT FILES...): a C++ file that says which state of the data FILES are (catalog/catalog_stamp.hpp).
function(lfmfit_stamp_data output)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${ARGN}" -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_catalog_stamp.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/write_catalog_stamp.cmake
    COMMENT "Stamping the catalogue" VERBATIM)
endfunction()
