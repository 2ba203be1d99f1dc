#include "workloads/autograd/gemm.h"

#include <ATen/ATen.h>
#include <ATen/ExpandUtils.h>
#include <torch/csrc/autograd/custom_function.h>

#include <dnnl.hpp>
#include <stdexcept>
#include <vector>

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

/// [items][m][k] times [items][k][n]. Each operand may be stored with its last two axes transposed.
Tensor batched_gemm(const Tensor& a, Transposed transposes_a, const Tensor& b, Transposed transposes_b) {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  thread_local dnnl::stream stream(engine);
  using dnnl::memory;
  const bool ta = transposes_a == Transposed::yes, tb = transposes_b == Transposed::yes;
  const std::int64_t items = a.size(0), m = a.size(ta ? 2 : 1), k = a.size(ta ? 1 : 2), n = b.size(tb ? 1 : 2);
  if (b.size(0) != items || b.size(tb ? 2 : 1) != k) throw std::logic_error("batched_gemm: sizes differ");
  const auto layout = [&](std::int64_t rows, std::int64_t columns, bool turned) {
    return memory::desc({items, rows, columns}, memory::data_type::f32,
                        turned ? memory::dims{rows * columns, 1, rows} : memory::dims{rows * columns, columns, 1});
  };
  const memory::desc left = layout(m, k, ta), right = layout(k, n, tb), product = layout(m, n, false);
  Tensor result = torch::empty({items, m, n});
  const dnnl::matmul multiply(dnnl::matmul::primitive_desc(dnnl::matmul::desc(left, right, product), engine));
  multiply.execute(stream, {{DNNL_ARG_SRC, memory(left, engine, a.data_ptr<float>())},
                            {DNNL_ARG_WEIGHTS, memory(right, engine, b.data_ptr<float>())},
                            {DNNL_ARG_DST, memory(product, engine, result.data_ptr<float>())}});
  stream.wait();
  return result;
}

struct BatchedFunction : torch::autograd::Function<BatchedFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& a, const Tensor& b) {
    context->save_for_backward({a, b});
    return batched_gemm(a, Transposed::no, b, Transposed::no);
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor g = gradients[0].contiguous();
    return {context->needs_input_grad(0) ? batched_gemm(g, Transposed::no, saved[1], Transposed::yes) : Tensor(),
            context->needs_input_grad(1) ? batched_gemm(saved[0], Transposed::yes, g, Transposed::no) : Tensor()};
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

Tensor matrix_product(const Tensor& a, const Tensor& b) {
  const std::int64_t m = a.size(-2), k = a.size(-1), n = b.size(-1);
  if (b.numel() == k * n) {
    std::vector<std::int64_t> shape = a.sizes().vec();
    shape.back() = n;
    return linear_product(a.reshape({-1, k}), b.reshape({k, n}).t()).view(shape);
  }
  std::vector<std::int64_t> outer =
      at::infer_size(a.sizes().slice(0, static_cast<std::size_t>(a.dim()) - 2), b.sizes().slice(0, static_cast<std::size_t>(b.dim()) - 2));
  const auto items = [&](const Tensor& x, std::int64_t rows, std::int64_t columns) {
    std::vector<std::int64_t> shape = outer;
    shape.insert(shape.end(), {rows, columns});
    return x.expand(shape).reshape({-1, rows, columns}).contiguous();
  };
  const Tensor product = BatchedFunction::apply(items(a, m, k), items(b, k, n));
  outer.insert(outer.end(), {m, n});
  return product.view(outer);
}

}  // namespace mho::workloads
