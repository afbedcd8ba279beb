# cpack: a Debian package of the program and one of the library, or with -G TGZ a tarball of both.
set(CPACK_PACKAGE_NAME lfmfit)
set(CPACK_PACKAGE_VENDOR "The lfmfit authors")
set(CPACK_PACKAGE_CONTACT "The lfmfit authors <lfmfit@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tells whether a language model fits on hardware, and how fast")
set(CPACK_PACKAGE_DESCRIPTION
"lfmfit tells, offline and in milliseconds, whether a language model fits on
hardware, at which quantization and context, how fast it runs and why. The
bytes are those that llama.cpp or vLLM allocate; speeds come with the band
that measurements lie in.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL lfmfit lfmfit-dev)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LFMFIT_PACKAGE_NAME lfmfit)
set(CPACK_DEBIAN_LFMFIT_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_LFMFIT_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_DEBIAN_LFMFIT-DEV_PACKAGE_NAME lfmfit-dev)
set(CPACK_DEBIAN_LFMFIT-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LFMFIT-DEV_PACKAGE_DEPENDS "libfmt-dev, libpugixml-dev")
set(CPACK_COMPONENT_LFMFIT-DEV_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}\n.\nThis package holds the C++ library and its headers.")
include(CPack)
