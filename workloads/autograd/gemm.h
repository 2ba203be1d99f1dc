#pragma once

#include <torch/types.h>

namespace mho::workloads {

/// Matrix products by oneDNN. libtorch would use the system's BLAS, which may be unoptimised. Rows contiguous, float32.
enum class Transposed { no, yes };
/// op(a) [m][k] times op(b) [k][n].
torch::Tensor gemm(const torch::Tensor& a, Transposed transposes_a, const torch::Tensor& b, Transposed transposes_b);

/// x [rows][inputs] times weight [outputs][inputs], transposed; differentiable.
torch::Tensor linear_product(const torch::Tensor& x, const torch::Tensor& weight);

/// a [...][m][k] times b [...][k][n], the axes before broadcast; differentiable.
torch::Tensor matrix_product(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace mho::workloads
