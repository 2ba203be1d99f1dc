# Files and folders of `cmake --install` (docs/install.md), and the packages of CPack. DESTDIR and --prefix are honoured: no installed file contains
# the path of a folder, and mho finds its files relative to itself. Components: runtime, train (mho-train), python, development.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# `mho search` starts mho-search.
install(TARGETS mho mho-search RUNTIME COMPONENT runtime)
if(TARGET mho-train)
  # Omitted if it was not built.
  install(PROGRAMS "$<TARGET_FILE:mho-train>" TYPE BIN OPTIONAL COMPONENT train)
endif()

# Man page and completions; mho generates them from its own options.
install(CODE "
  foreach(kind_and_file \"man|${CMAKE_INSTALL_MANDIR}/man1|mho.1\" \"bash|${CMAKE_INSTALL_DATADIR}/bash-completion/completions|mho\"
      \"zsh|${CMAKE_INSTALL_DATADIR}/zsh/site-functions|_mho\" \"fish|${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d|mho.fish\")
    string(REPLACE \"|\" \";\" words \"\${kind_and_file}\")
    list(GET words 0 kind)
    list(GET words 1 folder)
    list(GET words 2 name)
    set(written \"${mho_BINARY_DIR}/shell/\${kind}/\${name}\")
    file(MAKE_DIRECTORY \"${mho_BINARY_DIR}/shell/\${kind}\")
    execute_process(COMMAND \"$<TARGET_FILE:mho>\" help --format \${kind} OUTPUT_FILE \"\${written}\" COMMAND_ERROR_IS_FATAL ANY)
    file(INSTALL \"\${written}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/\${folder}\" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  endforeach()" COMPONENT runtime)

# Designs and data descriptions are embedded in mho, which finds them by name. The installed files are for reading and copying.
install(DIRECTORY designs DESTINATION "${CMAKE_INSTALL_DATADIR}/mho" COMPONENT runtime)
install(DIRECTORY examples/data DESTINATION "${CMAKE_INSTALL_DATADIR}/mho" COMPONENT runtime FILES_MATCHING PATTERN "*.yaml")
install(FILES README.md DESIGN.md CHANGELOG.md TYPE DOC COMPONENT runtime)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT runtime RENAME copyright)
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT runtime)
install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT runtime PATTERN "CMakeLists.txt" EXCLUDE PATTERN "*.cpp" EXCLUDE
  PATTERN "*.h" EXCLUDE PATTERN "train.sh" EXCLUDE PATTERN "__pycache__" EXCLUDE)

# The libraries, for find_package(mho): mho::analysis and the layers below it. The command line is not a public library.
get_property(libraries GLOBAL PROPERTY mho_libraries)
list(REMOVE_ITEM libraries mho_cli mho_default_network_bytes)
install(TARGETS ${libraries} EXPORT mho-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/mho")
install(EXPORT mho-targets NAMESPACE mho:: DESTINATION "${package_folder}" COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/mho-config.cmake.in" "${mho_BINARY_DIR}/mho-config.cmake" INSTALL_DESTINATION "${package_folder}")
# Before 1.0, a minor version may change the declarations in headers.
write_basic_package_version_file("${mho_BINARY_DIR}/mho-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${mho_BINARY_DIR}/mho-config.cmake" "${mho_BINARY_DIR}/mho-config-version.cmake" DESTINATION "${package_folder}" COMPONENT development)
foreach(layer base periphery tiles hw workloads mapper analysis)
  install(DIRECTORY ${layer} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/mho" COMPONENT development FILES_MATCHING PATTERN "*.h" PATTERN "autograd" EXCLUDE
    PATTERN "files" EXCLUDE PATTERN "migrations" EXCLUDE)
endforeach()

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

# Packages: `cpack -G DEB` makes one for each component that was built. The dependencies of a package are read from its programs.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mho)
set(CPACK_PACKAGE_CONTACT "mho developers <mho@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY "${mho_BINARY_DIR}/packages")
set(CPACK_COMPONENTS_ALL runtime development)
if(TARGET mho-train)
  list(APPEND CPACK_COMPONENTS_ALL train)
endif()
if(TARGET mho_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME mho)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "Simulator of analog in-memory-computing accelerators\n How accurate a trained network is on a chip, how long an inference takes cycle by cycle,\n and where energy and area go.")
set(CPACK_DEBIAN_TRAIN_PACKAGE_NAME mho-train)
set(CPACK_DEBIAN_TRAIN_PACKAGE_DEPENDS "mho (= ${mho_VERSION})")
set(CPACK_COMPONENT_TRAIN_DESCRIPTION "Retraining for mho\n What mho retrain starts; it needs libtorch.")
set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-mho)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "mho (= ${mho_VERSION}), python3, python3-numpy, python3-pandas")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "Python module of mho\n Designs, networks and results of mho as Python objects.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmho-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
# A static library does not record its dependencies. These are the libraries of DEPENDS in the layers.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libsystemc-dev, libfmt-dev, nlohmann-json3-dev, libyaml-cpp-dev, libhwy-dev, libonnx-dev, libprotobuf-dev, zlib1g-dev, libsqlite3-dev, libsqlitecpp-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Libraries of mho for C++\n Headers, static libraries and what find_package(mho) reads.")
include(CPack)
