# Script of mho_embed: writes OUTPUT, a C++ file whose FUNCTION returns the bytes of INPUT.
if(NOT EXISTS "${INPUT}")
  message(FATAL_ERROR "${INPUT} is missing. It is part of the project; restore it from the repository, or make it again as its folder describes.")
endif()
file(READ "${INPUT}" bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR count "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REPEAT "0x[0-9a-f][0-9a-f]," 24 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

namespace mho::${NAMESPACE} {

namespace {
constexpr unsigned char bytes[] = {
${bytes}
};
}  // namespace

std::string_view ${FUNCTION}() { return {reinterpret_cast<const char*>(bytes), ${count}}; }

}  // namespace mho::${NAMESPACE}
")
