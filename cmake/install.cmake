# cmake --install: the program, the archive and its headers, and what find_package(lfmfit) reads.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lfmfit)
install(TARGETS lfmfit)
install(TARGETS lfmfit_library EXPORT lfmfitTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/lfmfit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# What `lfmfit app` writes, where scripts/app has built it.
install(FILES ${PROJECT_SOURCE_DIR}/build/app/lfmfit.html DESTINATION ${CMAKE_INSTALL_DATADIR}/lfmfit OPTIONAL)
install(EXPORT lfmfitTargets NAMESPACE lfmfit:: DESTINATION ${package})

configure_package_config_file(cmake/lfmfitConfig.cmake.in ${CMAKE_BINARY_DIR}/generated/lfmfitConfig.cmake
                              INSTALL_DESTINATION ${package})
# While the version is 0.x, what was written for 0.1 may not compile with 0.2.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/lfmfitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/generated/lfmfitConfig.cmake ${CMAKE_BINARY_DIR}/generated/lfmfitConfigVersion.cmake
        DESTINATION ${package})
