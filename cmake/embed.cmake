# mho_embed(TARGET HEADER NAMESPACE FUNCTION FILE): compiles FILE's bytes into TARGET as `std::string_view FUNCTION()` of namespace mho::NAMESPACE.
# HEADER declares the function. A FILE that is missing is an error of the build of TARGET alone, not of configuring.
function(mho_embed target header namespace function file)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  set(dependencies "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake")
  if(EXISTS "${file}")
    list(APPEND dependencies "${file}")
  else()
    message(WARNING "${file} is missing: ${target} cannot be built until it is there (configure again then)")
  endif()
  add_custom_command(OUTPUT "${generated}"
    COMMAND "${CMAKE_COMMAND}" "-DINPUT=${file}" "-DOUTPUT=${generated}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}" "-DFUNCTION=${function}"
      -P "${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake"
    DEPENDS ${dependencies}
    COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE "${generated}")
endfunction()
