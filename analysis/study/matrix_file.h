#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/input_limit.h"

namespace mho::analysis {

/// A matrix [rows][columns] out of a .npy file, every number finite.
struct Matrix {
  std::string name;  ///< of the file, for messages
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  [[nodiscard]] std::vector<float> single() const { return {values.begin(), values.end()}; }
};

/// Reads `path`: two axes, or one, which is a single row. `what` ("weights") and `axes` ("[outputs][inputs]") are for messages. Throws UserError
/// for a file that cannot be read or is no array, another number of axes, an empty array, and, naming its place, a number that a float cannot hold.
Matrix read_matrix(const std::string& path, const std::string& what, const std::string& axes, bool vector_allowed,
                   const base::InputLimit& limit = base::InputLimit());

/// Refuses, naming both files, vectors of another length than the matrix has inputs.
void check_inputs(const Matrix& matrix, const Matrix& vectors);

/// Refuses a number below zero, naming its place.
void check_not_negative(const Matrix& matrix, const std::string& what);

}  // namespace mho::analysis
