#pragma once

#include <variant>

#include "workloads/operators/attributes/elementwise.h"
#include "workloads/operators/attributes/gather_scatter.h"
#include "workloads/operators/attributes/movement.h"
#include "workloads/operators/attributes/normalization.h"
#include "workloads/operators/attributes/ordering.h"
#include "workloads/operators/attributes/picking.h"
#include "workloads/operators/attributes/products.h"
#include "workloads/operators/attributes/recurrence.h"
#include "workloads/operators/attributes/reduction.h"
#include "workloads/operators/attributes/resize.h"
#include "workloads/operators/attributes/softmax.h"
#include "workloads/operators/attributes/windows.h"

namespace mho::workloads {

/// The attributes of an operator of a network, resolved for the opset of its file.
using Attributes = std::variant<std::monostate, Convolution, OverlapAdd, MatrixProduct, Recurrence,  // products
                                Binary, Choice, Nonlinearity, ElementFunction, Clip,                 // element by element
                                Softmax, ChannelScale, LayerNormalization, InstanceNormalization, LocalResponse, Reduce, CumulativeSum, ExtremeIndex,
                                TopK, Pool, GlobalPool,  // along rows and windows
                                View, Permutation, Padding, Concatenation, Picking, TableRows, RowAt, GatherElements, GatherTuples, ScatterElements,
                                ScatterTuples, Interpolation>;  // to other places

}  // namespace mho::workloads
