#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/dataflow.h"

namespace mho::mapper {

/// Lets the input port send several input positions as one: a pixel of one to three bytes alone would waste most of a flit on every packet. Where all
/// readers need the whole input before they start, it travels as one vector; else as many positions go together as fill one flit. Rewrites the source
/// stage and its edges (positions, bits, needs, releases); edges keep capacities of at least their largest window. The
/// dataflow, where there is one, follows.
void gather_input(hw::Program& program, const hw::ChipParameters& chip, Dataflow* dataflow = nullptr);

}  // namespace mho::mapper
