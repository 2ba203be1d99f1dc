#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/input_limit.h"

namespace mho::analysis {

/// A matrix [rows][columns] from a .npy file; all numbers finite.
struct Matrix {
  std::string name;  ///< file name, for messages
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  [[nodiscard]] std::vector<float> single() const { return {values.begin(), values.end()}; }
};

/// Reads a .npy file with two axes or, if `vector_allowed`, one axis, which is a single row. `what` ("weights") and `axes` ("[outputs][inputs]") are
/// used in messages. Throws UserError for a file that cannot be read or is not an array, another number of axes, an empty array, and a number that a
/// float cannot hold (with its position).
Matrix read_matrix(const std::string& path, const std::string& what, const std::string& axes, bool vector_allowed,
                   const base::InputLimit& limit = base::InputLimit());

/// Throws UserError, naming both files, if the length of the vectors differs from the number of inputs of the matrix.
void check_inputs(const Matrix& matrix, const Matrix& vectors);

/// Throws UserError for a negative number, naming its position.
void check_not_negative(const Matrix& matrix, const std::string& what);

}  // namespace mho::analysis
