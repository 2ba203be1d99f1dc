#pragma once

#include <string_view>

namespace mho::mapper {

/// What one inference of a chip is. Modes other than whole are of networks that read a sequence of tokens.
struct InferenceMode {
  enum class Kind {
    whole,    ///< all of the input at once
    prefill,  ///< all tokens at once; keys and values are left in the caches
    decode    ///< one token, those before it in the caches
  };
  Kind kind = Kind::whole;
  int context = 0;  ///< of decode: tokens that the token sees, itself included; 0: the whole sequence

  [[nodiscard]] bool decodes() const { return kind == Kind::decode; }
};

/// "whole", "prefill", "decode".
std::string_view mode_name(InferenceMode::Kind kind);

}  // namespace mho::mapper
