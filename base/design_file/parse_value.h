#pragma once

#include <string>
#include <string_view>

#include "base/design_file/config.h"

namespace mho::base {

/// Reads `text` as a value of `declaration`, in its unit. Throws UserError that starts with `where`.
Value parse_value(const Declaration& declaration, std::string_view text, const std::string& where);

/// A value as messages show it: "40 ns", "'ideal'", "true".
std::string value_text(const Declaration& declaration, const Value& value);

/// Empty if `value` is legal for `declaration`, else the reason why it is not ("is out of range", ...).
std::string why_illegal(const Declaration& declaration, const Value& value);

}  // namespace mho::base
