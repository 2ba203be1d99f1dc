#include "mapper/lowering/inference_mode.h"

namespace mho::mapper {

std::string_view mode_name(InferenceMode::Kind kind) {
  switch (kind) {
    case InferenceMode::Kind::whole:
      return "whole";
    case InferenceMode::Kind::prefill:
      return "prefill";
    case InferenceMode::Kind::decode:
      return "decode";
  }
  return "";
}

}  // namespace mho::mapper
