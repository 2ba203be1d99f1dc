#include "workloads/autograd/gemm.h"

#include <ATen/ATen.h>
#include <dnnl.h>
#include <torch/csrc/autograd/custom_function.h>

#include <stdexcept>

namespace mho::workloads {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct LinearFunction : torch::autograd::Function<LinearFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight) {
    context->save_for_backward({x, weight});
    return gemm(x, Transposed::no, weight, Transposed::yes);
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& g = gradients[0];
    return {context->needs_input_grad(0) ? gemm(g, Transposed::no, saved[1], Transposed::no) : Tensor(),
            context->needs_input_grad(1) ? gemm(g, Transposed::yes, saved[0], Transposed::no) : Tensor()};
  }
};

}  // namespace

Tensor gemm(const Tensor& a, Transposed transposes_a, const Tensor& b, Transposed transposes_b) {
  const Tensor left = a.contiguous(), right = b.contiguous();
  const bool ta = transposes_a == Transposed::yes, tb = transposes_b == Transposed::yes;
  const std::int64_t m = left.size(ta ? 1 : 0), k = left.size(ta ? 0 : 1), n = right.size(tb ? 0 : 1);
  if (right.size(tb ? 1 : 0) != k) throw std::logic_error("gemm: inner sizes differ");
  Tensor result = torch::empty({m, n});
  const auto status = dnnl_sgemm(ta ? 'T' : 'N', tb ? 'T' : 'N', m, n, k, 1.0F, left.data_ptr<float>(), left.size(1), right.data_ptr<float>(),
                                 right.size(1), 0.0F, result.data_ptr<float>(), n);
  if (status != dnnl_success) throw std::logic_error("gemm: oneDNN refused");
  return result;
}

Tensor linear_product(const Tensor& x, const Tensor& weight) { return LinearFunction::apply(x, weight); }

}  // namespace mho::workloads
