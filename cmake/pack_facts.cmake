# Facts that every report needs are packed by the build, which reads them from data/ as a run would: a row that is wrong
# fails the build. Where what is built does not run here, nothing is packed, and runs read the rows themselves.
if(CMAKE_CROSSCOMPILING)
  lfmfit_part(packed ${PROJECT_SOURCE_DIR}/src/pack/nothing.cpp)
else()
  add_executable(lfmfit_pack src/pack/main.cpp src/pack/nothing.cpp $<TARGET_OBJECTS:lfmfit_core>
                 $<TARGET_OBJECTS:lfmfit_facts> $<TARGET_OBJECTS:lfmfit_embedded>)
  set_target_properties(lfmfit_pack PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(lfmfit_pack PRIVATE cxx_std_20)
  target_include_directories(lfmfit_pack PRIVATE include src)
  target_link_libraries(lfmfit_pack PRIVATE ${lfmfit_fmt} ${lfmfit_pugixml} Threads::Threads ${CMAKE_DL_LIBS})
  lfmfit_warnings(lfmfit_pack)
  set(packed ${CMAKE_BINARY_DIR}/generated/packed_facts.cpp)
  add_custom_command(OUTPUT ${packed} COMMAND lfmfit_pack ${packed} DEPENDS lfmfit_pack COMMENT "Packing facts" VERBATIM)
  lfmfit_part(packed ${packed})
endif()
