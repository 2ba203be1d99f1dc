#include "workloads/operators/families.h"

#include <stdexcept>
#include <string>

#include "workloads/operators/composed/fused.h"
#include "workloads/operators/composed/integer_products.h"
#include "workloads/operators/composed/quantized.h"
#include "workloads/operators/composed/root_mean_square.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/elements/choice.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/elements/quantization.h"
#include "workloads/operators/products/convolution.h"
#include "workloads/operators/products/einsum.h"
#include "workloads/operators/products/matrix_products.h"
#include "workloads/operators/products/recurrent.h"
#include "workloads/operators/rows/normalization.h"
#include "workloads/operators/rows/ordering.h"
#include "workloads/operators/rows/pooling.h"
#include "workloads/operators/rows/reduction.h"
#include "workloads/operators/rows/softmax.h"
#include "workloads/operators/shapes/constants.h"
#include "workloads/operators/shapes/gather_scatter.h"
#include "workloads/operators/shapes/movement.h"
#include "workloads/operators/shapes/picking.h"
#include "workloads/operators/shapes/resize.h"
#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

const std::vector<const OperatorFamily*>& operator_families() {
  static const std::vector<const OperatorFamily*> families{
      &convolution_family(),   &matrix_product_family(),   &einsum_family(),         &recurrent_family(),  // products
      &binary_family(),        &choice_family(),           &function_family(),       &quantization_family(),    &softmax_family(),
      &normalization_family(), &reduction_family(),        &ordering_family(),       &pooling_family(),         &view_family(),
      &movement_family(),      &picking_family(),          &gather_scatter_family(), &resize_family(),          &constant_family(),
      &fused_family(),         &root_mean_square_family(), &quantized_family(),      &integer_product_family(),  // composed of the others
  };
  return families;
}

const Operator& operator_named(std::string_view name) {
  for (const OperatorFamily* family : operator_families()) {
    for (const Operator* op : family->operators) {
      if (op->name == name) return *op;
    }
  }
  throw std::logic_error("there is no operator " + std::string(name));
}

}  // namespace mho::workloads
