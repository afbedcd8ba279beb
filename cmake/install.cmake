# cmake --install: the program with its manual page and completions, the archive and its headers, and what
# find_package(lfmfit) reads. Components: lfmfit, lfmfit-dev.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lfmfit)
install(TARGETS lfmfit COMPONENT lfmfit)
install(TARGETS lfmfit_library EXPORT lfmfitTargets COMPONENT lfmfit-dev INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/lfmfit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT lfmfit-dev)
# What `lfmfit app` writes, where scripts/app has built it.
install(FILES ${PROJECT_SOURCE_DIR}/build/app/lfmfit.html DESTINATION ${CMAKE_INSTALL_DATADIR}/lfmfit COMPONENT lfmfit OPTIONAL)
install(EXPORT lfmfitTargets NAMESPACE lfmfit:: DESTINATION ${package} COMPONENT lfmfit-dev)

configure_package_config_file(cmake/lfmfitConfig.cmake.in ${CMAKE_BINARY_DIR}/generated/lfmfitConfig.cmake
                              INSTALL_DESTINATION ${package})
# While the version is 0.x, what was written for 0.1 may not compile with 0.2.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/lfmfitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/generated/lfmfitConfig.cmake ${CMAKE_BINARY_DIR}/generated/lfmfitConfigVersion.cmake
        DESTINATION ${package} COMPONENT lfmfit-dev)

# What the program says of itself. A program built for another machine can be asked where an emulator runs it.
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set(program "${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:lfmfit>")
  set(said ${CMAKE_BINARY_DIR}/said)
  add_custom_command(OUTPUT ${said}/lfmfit.1
    COMMAND ${CMAKE_COMMAND} "-DPROGRAM=${program}" -DVERSION=${PROJECT_VERSION} -DOUTPUT=${said}/lfmfit.1
            -P ${PROJECT_SOURCE_DIR}/cmake/write_man_page.cmake
    DEPENDS lfmfit ${PROJECT_SOURCE_DIR}/cmake/write_man_page.cmake VERBATIM)
  set(documents ${said}/lfmfit.1)
  function(lfmfit_completion shell name folder)
    add_custom_command(OUTPUT ${said}/${name}
      COMMAND ${CMAKE_COMMAND} "-DPROGRAM=${program}" -DSHELL=${shell} -DOUTPUT=${said}/${name}
              -P ${PROJECT_SOURCE_DIR}/cmake/write_completion.cmake
      DEPENDS lfmfit ${PROJECT_SOURCE_DIR}/cmake/write_completion.cmake VERBATIM)
    install(FILES ${said}/${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} COMPONENT lfmfit OPTIONAL)
    set(documents ${documents} ${said}/${name} PARENT_SCOPE)
  endfunction()
  lfmfit_completion(bash lfmfit bash-completion/completions)
  lfmfit_completion(zsh _lfmfit zsh/vendor-completions)
  lfmfit_completion(fish lfmfit.fish fish/vendor_completions.d)

  # lfmfit_compressed(FILE NAME FOLDER COMPONENT): FILE, packed where gzip is there, as distributions want it.
  find_program(LFMFIT_GZIP gzip)
  function(lfmfit_compressed file name folder component)
    set(packed ${said}/${component}-${name}.gz)
    if(LFMFIT_GZIP)
      add_custom_command(OUTPUT ${packed}
        COMMAND ${CMAKE_COMMAND} -DGZIP=${LFMFIT_GZIP} -DINPUT=${file} -DOUTPUT=${packed} -P ${PROJECT_SOURCE_DIR}/cmake/write_compressed.cmake
        DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/write_compressed.cmake VERBATIM)
      install(FILES ${packed} RENAME ${name}.gz DESTINATION ${folder} COMPONENT ${component} OPTIONAL)
      set(documents ${documents} ${packed} PARENT_SCOPE)
    else()
      install(FILES ${file} RENAME ${name} DESTINATION ${folder} COMPONENT ${component} OPTIONAL)
    endif()
  endfunction()
  lfmfit_compressed(${said}/lfmfit.1 lfmfit.1 ${CMAKE_INSTALL_MANDIR}/man1 lfmfit)
  string(TIMESTAMP day "%a, %d %b %Y %H:%M:%S +0000" UTC)
  configure_file(packaging/debian/changelog.in ${said}/changelog @ONLY)
  foreach(component lfmfit lfmfit-dev)
    install(FILES packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${component} COMPONENT ${component})
    lfmfit_compressed(${said}/changelog changelog.Debian ${CMAKE_INSTALL_DATADIR}/doc/${component} ${component})
  endforeach()
  add_custom_target(lfmfit_documents ALL DEPENDS ${documents})
endif()
