# Writes OUTPUT, the C++ file of base/version.h, if its text changes: VERSION, then + and the output of `git describe` in the checkout SOURCE. Runs at
# every build:
# cmake -DVERSION=1.2.3 -DDATE=2026-11-30 -DSOURCE=folder -DOUTPUT=file.cpp -P version.cmake
# The text is VERSION alone if SOURCE has no .git of its own, such as an unpacked archive inside another checkout, or if git fails.
set(text "${VERSION}")
if(EXISTS "${SOURCE}/.git")
  find_program(git git)
  if(git)
    execute_process(COMMAND "${git}" --no-optional-locks -C "${SOURCE}" describe --always --long --dirty
      OUTPUT_VARIABLE described RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed AND described MATCHES "^[-+.0-9A-Za-z_/]+$")
      string(APPEND text "+${described}")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[#include "base/version.h"

namespace mho::base {

std::string version() { return "@text@"; }

std::string release_date() { return "@DATE@"; }

}  // namespace mho::base
]] @ONLY)
