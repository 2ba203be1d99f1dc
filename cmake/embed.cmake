set(mho_embed_script "${CMAKE_CURRENT_LIST_DIR}/embed_file.cmake")

# The generated file is a separate library. As a source of its target, it would be built after all libraries of the target, and the other sources of
# the target after it.
function(mho_embedded target function generated)
  add_library(mho_${function} STATIC "${generated}")
  target_link_libraries(mho_${function} PUBLIC mho_flags)
  mho_library(${function})
  target_link_libraries(${target} PRIVATE mho_${function})
endfunction()

# mho_embed(TARGET HEADER NAMESPACE FUNCTION FILE): compiles FILE's bytes into TARGET as `std::string_view FUNCTION()` of namespace mho::NAMESPACE.
# HEADER declares the function. If FILE is missing, only the build of TARGET fails; configuring gives a warning.
function(mho_embed target header namespace function file)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  set(dependencies "${mho_embed_script}")
  if(EXISTS "${file}")
    list(APPEND dependencies "${file}")
  else()
    message(WARNING "${file} is missing: ${target} cannot be built until it is there (configure again then)")
  endif()
  add_custom_command(OUTPUT "${generated}"
    COMMAND "${CMAKE_COMMAND}" "-DINPUT=${file}" "-DOUTPUT=${generated}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}" "-DFUNCTION=${function}"
      -P "${mho_embed_script}"
    DEPENDS ${dependencies}
    COMMENT "Embedding ${file}" VERBATIM)
  mho_embedded(${target} ${function} "${generated}")
endfunction()

# mho_embed_files(TARGET HEADER NAMESPACE FUNCTION FOLDER NAMES...): compiles the bytes of files of FOLDER into TARGET as a table. FUNCTION of
# namespace mho::NAMESPACE returns it in the order of NAMES, which are relative to FOLDER. HEADER declares the function; its result is a vector of an
# aggregate of two std::string_view, name and bytes.
function(mho_embed_files target header namespace function folder)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  list(TRANSFORM ARGN PREPEND "${folder}/" OUTPUT_VARIABLE dependencies)
  list(JOIN ARGN "," names)
  add_custom_command(OUTPUT "${generated}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DINPUTS=${names}" "-DOUTPUT=${generated}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}"
      "-DFUNCTION=${function}" -P "${mho_embed_script}"
    DEPENDS "${mho_embed_script}" ${dependencies}
    COMMENT "Embedding files of ${folder}" VERBATIM)
  mho_embedded(${target} ${function} "${generated}")
endfunction()
