set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${mho_BINARY_DIR}")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# Flags of this project's own sources. They are set for its folders, so that a project that adds mho as a subdirectory keeps its own flags.
# Warnings for sources that are compiled together: file-level names of one source are in scope in the next, and hiding them is no error. GCC then does
# not recognise the main source and warns about types that only one source sees. Clang has no warning for hidden local names alone.
set(together "$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>")
add_compile_options(-Wall -Wextra -Wconversion -Wsign-conversion -Wold-style-cast "$<$<NOT:${together}>:-Wshadow>"
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,${together}>:-Wshadow=local;-Wno-subobject-linkage>")
if(MHO_WERROR)
  add_compile_options(-Werror)
endif()
# GCC 12 reports false overlaps and overflows in inlined library code (GCC bug 105651), and with sanitizers also false accesses out of bounds.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict -Wno-stringop-overflow)
  if(MHO_SANITIZE)
    add_compile_options(-Wno-array-bounds)
  endif()
endif()
# Hardening: checked copies, guarded stacks, addresses resolved and sealed at start. Not with sanitizers, which have their own checks; checked copies
# need an optimised build.
add_compile_options(-fstack-protector-strong)
add_link_options("LINKER:-z,relro,-z,now")
if(NOT MHO_SANITIZE)
  add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
endif()
if(MHO_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# Flags of every source that includes a header of mho. They affect the bits of results.
add_library(mho_flags INTERFACE)
target_compile_features(mho_flags INTERFACE cxx_std_20)
# Contraction of a*b+c would make the bits depend on the compiler, so every fused operation is explicit. errno and floating-point traps are not used.
# Without them, loops with roots and comparisons vectorise, with the same values.
target_compile_options(mho_flags INTERFACE -ffp-contract=off -fno-math-errno -fno-trapping-math)
# Slow checks: every cycle of the network on chip is audited.
target_compile_definitions(mho_flags INTERFACE "$<$<CONFIG:Debug>:MHO_DEBUG>")
# SIMD targets without a native fused multiply-add are off, because they would round differently. A processor without one runs the scalar target,
# which calls std::fma and is the reference of the others.
target_compile_definitions(mho_flags INTERFACE "HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4)")
target_include_directories(mho_flags INTERFACE "$<BUILD_INTERFACE:${mho_SOURCE_DIR}>" "$<INSTALL_INTERFACE:include/mho>")
if(MHO_SANITIZE)
  target_compile_options(mho_flags INTERFACE "$<BUILD_INTERFACE:-fsanitize=${MHO_SANITIZE};-fno-omit-frame-pointer>")
  target_link_options(mho_flags INTERFACE "$<BUILD_INTERFACE:-fsanitize=${MHO_SANITIZE}>")
endif()

if(MHO_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MHO_FUZZ needs clang: configure a fresh folder with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  # The coverage of every layer guides the search. The program with main() is linked with -fsanitize=fuzzer.
  # A finding of a sanitizer of MHO_SANITIZE ends the program: libFuzzer does not detect findings that are only printed.
  target_compile_options(mho_flags INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize-recover=all)
  target_link_options(mho_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Compiles many sources of a library together, because most of the time of a source goes into its headers. Sources that Highway compiles once for each
# kind of processor stay separate.
option(MHO_UNITY "Compile sources of a library together: half the processor time of a clean build, a dearer one after one change" OFF)
function(mho_compile_together target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" dispatched REGEX "^#define HWY_TARGET_INCLUDE" LIMIT_COUNT 1)
    if(dispatched)
      set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD "${MHO_UNITY}" UNITY_BUILD_BATCH_SIZE 16)
endfunction()

# mho_library(NAME): makes mho_<NAME> available to other projects as mho::<NAME>, with add_subdirectory and with find_package(mho).
function(mho_library name)
  add_library(mho::${name} ALIAS mho_${name})
  set_target_properties(mho_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY mho_libraries mho_${name})
endfunction()
mho_library(flags)

# mho_layer(NAME DEPENDS targets... [RARELY_RUN beginnings...] [WITHOUT beginnings...] [DEFINITIONS definitions...]): the library mho_<NAME> of every
# .cpp of the folder except *_module.cpp and paths that begin with an entry of WITHOUT. Sources whose paths begin with an entry of RARELY_RUN need
# little time in a run (they read, print, describe) and are compiled with -O1. The bits of results are the same at every level.
function(mho_layer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;RARELY_RUN;WITHOUT;DEFINITIONS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "_module\\.cpp$")
  foreach(beginning IN LISTS ARG_WITHOUT)
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${beginning}")
  endforeach()
  set(rare "")
  foreach(beginning IN LISTS ARG_RARELY_RUN)
    set(matching ${sources})
    list(FILTER matching INCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${beginning}")
    list(APPEND rare ${matching})
  endforeach()
  if(rare)
    list(REMOVE_ITEM sources ${rare})
    add_library(mho_${name}_rarely_run OBJECT ${rare})
    target_link_libraries(mho_${name}_rarely_run PUBLIC mho_flags ${ARG_DEPENDS})
    target_compile_options(mho_${name}_rarely_run PRIVATE "$<$<NOT:$<CONFIG:Debug>>:-O1>")
    target_compile_definitions(mho_${name}_rarely_run PRIVATE ${ARG_DEFINITIONS})
    mho_compile_together(mho_${name}_rarely_run)
    set(objects "$<TARGET_OBJECTS:mho_${name}_rarely_run>")
  endif()
  add_library(mho_${name} STATIC ${sources})
  target_link_libraries(mho_${name} PUBLIC mho_flags ${ARG_DEPENDS})
  target_compile_definitions(mho_${name} PRIVATE ${ARG_DEFINITIONS})
  mho_compile_together(mho_${name})
  target_sources(mho_${name} PRIVATE ${objects})
  mho_library(${name})
endfunction()
