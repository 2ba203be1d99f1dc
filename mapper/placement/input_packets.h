#pragma once

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/dataflow.h"

namespace mho::mapper {

/// Groups input positions into packets: a single pixel of one to three bytes would waste most of a flit. If there is one source and all readers need
/// the whole input before they start, the input is sent as one vector; else a group has as many positions as fit into one flit. Rewrites the sources
/// of the network's input and their edges (positions, bits, needs, releases, capacity = largest window) and, if given, the dataflow.
void gather_input(hw::Program& program, const hw::ChipParameters& chip, Dataflow* dataflow = nullptr);

}  // namespace mho::mapper
