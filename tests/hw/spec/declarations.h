#pragma once

#include "hw/spec/parameters.h"
#include "periphery/technology/technology.h"

namespace mho::hw {

/// What ChipParameters::read needs: the keys of hw and those of the technology.
inline base::Declarations chip_keys() {
  base::Declarations all = declarations();
  for (const base::Declaration& one : periphery::technology_declarations()) all.push_back(one);
  return all;
}

}  // namespace mho::hw
