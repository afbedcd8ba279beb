# Installs BUILD, builds the project in this folder against what was installed, and compares its answer with the program's.
set(prefix ${BUILD}/consumer/installed)
set(consumer ${BUILD}/consumer/build)
file(REMOVE_RECURSE ${BUILD}/consumer)

function(run output)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE text ERROR_VARIABLE text RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed with ${code}: ${text}")
  endif()
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

run(said ${CMAKE_COMMAND} --install ${BUILD} --config ${CONFIG} --prefix ${prefix})
# What only the sources of lfmfit need must not be asked for.
run(said ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${consumer} -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${CONFIG}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON)
run(said ${CMAKE_COMMAND} --build ${consumer} --config ${CONFIG})
find_program(program consumer PATHS ${consumer} ${consumer}/${CONFIG} NO_DEFAULT_PATH REQUIRED)
run(answer ${program})

set(asked ${prefix}/bin/lfmfit check lfm2-1.2b --quant Q4_K_M --on rtx-3060)
run(json ${asked} --json)
run(text ${asked} --width 120)
string(JSON verdict GET "${json}" fit verdict)
string(JSON required GET "${json}" fit required_bytes)
string(JSON usable GET "${json}" fit usable_bytes)
string(REGEX REPLACE ".*decode ([0-9]+)[ \n].*" "\\1" speed "${text}")
set(expected "${verdict}: ${required} of ${usable} bytes, ${speed} tokens/s\n")
if(NOT answer STREQUAL expected)
  message(FATAL_ERROR "the consumer says\n${answer}and lfmfit\n${expected}")
endif()
