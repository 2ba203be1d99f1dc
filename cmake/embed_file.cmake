# Script of mho_embed and mho_embed_files: writes OUTPUT, a C++ file. Its FUNCTION returns the bytes of INPUT or, with FOLDER, a table of the files
# INPUTS (names relative to FOLDER, separated by commas) in their order: name and bytes of each.

# embed_bytes(FILE NAME TEXT COUNT): sets TEXT to a definition of the array NAME with the bytes of FILE, and COUNT to their number.
function(embed_bytes file name text count)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "${file} is missing. It is part of the project; restore it from the repository, or make it again as its folder describes.")
  endif()
  file(READ "${file}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(REPEAT "0x[0-9a-f][0-9a-f]," 24 line)
  string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
  set(${text} "constexpr unsigned char ${name}[] = {\n${bytes}\n};\n" PARENT_SCOPE)
  set(${count} "${size}" PARENT_SCOPE)
endfunction()

if(DEFINED FOLDER)
  string(REPLACE "," ";" names "${INPUTS}")
  set(index 0)
  foreach(name ${names})
    embed_bytes("${FOLDER}/${name}" "bytes_${index}" text count)
    string(APPEND arrays "${text}")
    string(APPEND entries "          {\"${name}\", {reinterpret_cast<const char*>(bytes_${index}), ${count}}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(definition "decltype(${FUNCTION}()) ${FUNCTION}() {\n  return {\n${entries}  };\n}")
else()
  embed_bytes("${INPUT}" "bytes" arrays count)
  set(definition "std::string_view ${FUNCTION}() { return {reinterpret_cast<const char*>(bytes), ${count}}; }")
endif()

file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

namespace mho::${NAMESPACE} {

namespace {
${arrays}}  // namespace

${definition}

}  // namespace mho::${NAMESPACE}
")
