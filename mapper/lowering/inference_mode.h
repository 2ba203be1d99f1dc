#pragma once

#include <string_view>

namespace mho::mapper {

/// The extent of one inference. Modes other than whole need a network whose input is a sequence of tokens.
struct InferenceMode {
  enum class Kind {
    whole,    ///< the whole input
    prefill,  ///< all tokens; keys and values remain in the caches
    decode    ///< one token; the earlier tokens are in the caches
  };
  Kind kind = Kind::whole;
  int context = 0;  ///< decode: tokens that the token sees, itself included; 0: the whole sequence

  [[nodiscard]] bool decodes() const { return kind == Kind::decode; }
};

/// "whole", "prefill", "decode".
std::string_view mode_name(InferenceMode::Kind kind);

}  // namespace mho::mapper
