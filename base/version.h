#pragma once

#include <string>

namespace mho::base {

/// The version of the code: that of CMakeLists.txt, "+" and `git describe --always --long --dirty` of the checkout it was built from, as
/// "0.2.0+96199bf" or "0.2.0+v0.2.0-3-g96199bf-dirty": git accepts the part between + and -dirty as a commit. Without a checkout: the
/// version alone. Part of the target mho_version, whose source is written by the build (cmake/version.cmake).
std::string version();

/// The day on which that version was released, as "2026-11-30" (mho_RELEASE_DATE of CMakeLists.txt).
std::string release_date();

}  // namespace mho::base
