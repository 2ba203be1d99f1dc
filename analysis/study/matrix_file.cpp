#include "analysis/study/matrix_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "workloads/data/array_files.h"

namespace mho::analysis {

namespace {

/// "weights[3][5] is nan"
std::string place(const Matrix& matrix, const std::string& what, std::size_t at) {
  return fmt::format("{}: {}[{}][{}] is {}", matrix.name, what, at / matrix.columns, at % matrix.columns, matrix.values[at]);
}

}  // namespace

Matrix read_matrix(const std::string& path, const std::string& what, const std::string& axes, bool vector_allowed, const base::InputLimit& limit) {
  auto array = base::naming_file(path, [&] { return workloads::parse_npy_numbers(workloads::read_plain_or_gzip(path, limit), path); });
  const std::size_t rank = array.shape.size();
  if (rank != 2 && !(vector_allowed && rank == 1)) {
    throw base::UserError(fmt::format("{}: {} need the axes {}{}, this array has the shape {}", path, what, axes,
                                      vector_allowed ? " or [inputs]" : "", rank == 0 ? "of a single number" : workloads::shape_text(array.shape)));
  }
  Matrix matrix{path, rank == 2 ? static_cast<std::size_t>(array.shape.front()) : 1, static_cast<std::size_t>(array.shape.back()),
                std::move(array.values)};
  if (matrix.values.empty()) throw base::UserError(fmt::format("{}: the {} are empty (shape {})", path, what, workloads::shape_text(array.shape)));
  constexpr std::size_t longest = 1U << 24U;
  if (std::max(matrix.rows, matrix.columns) > longest) {
    throw base::UserError(fmt::format("{}: shape {} is too large; an axis holds at most {}", path, workloads::shape_text(array.shape), longest));
  }
  const auto bad = std::ranges::find_if_not(matrix.values, [](double v) { return std::isfinite(static_cast<float>(v)); });
  if (bad != matrix.values.end()) {
    throw base::UserError(fmt::format("{}; a finite number that 32 bits can hold is needed",
                                      place(matrix, what, static_cast<std::size_t>(bad - matrix.values.begin()))));
  }
  return matrix;
}

void check_inputs(const Matrix& matrix, const Matrix& vectors) {
  if (matrix.columns == vectors.columns) return;
  const bool turned = matrix.rows == vectors.columns;
  throw base::UserError(fmt::format("{} has {} inputs ({} outputs x {} inputs), but the vectors of {} have {} elements{}", matrix.name,
                                    matrix.columns, matrix.rows, matrix.columns, vectors.name, vectors.columns,
                                    turned ? "; is the matrix transposed? Its first axis is the outputs" : ""));
}

void check_not_negative(const Matrix& matrix, const std::string& what) {
  const auto bad = std::ranges::find_if(matrix.values, [](double v) { return v < 0; });
  if (bad == matrix.values.end()) return;
  throw base::UserError(fmt::format("{}; it must not be negative", place(matrix, what, static_cast<std::size_t>(bad - matrix.values.begin()))));
}

}  // namespace mho::analysis
