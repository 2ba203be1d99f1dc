#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explore/point_store.h"

namespace mho::analysis {

/// What a worker is told before its points.
struct WorkerTask {
  EvaluationTask task{};
  std::string exploration{};  ///< hash of the one whose points it stores
  std::string database{};
  std::optional<std::string> name{};  ///< of its runs
  std::vector<std::pair<std::string, std::string>> tags{};
  bool keep_inputs = false;
  bool cache = true;  ///< what was computed once is taken from the database
};

/// Lines between a process that hands out points and its workers, one JSON object each. Both are the same program of the same build.
std::string line_of(const WorkerTask& task);
WorkerTask worker_task(const std::string& line);
std::string line_of(const std::vector<NumberedPoint>& points);
std::vector<NumberedPoint> numbered_points(const std::string& line);

/// What a worker says.
struct WorkerWord {
  enum class Kind { begun, evaluated, stored, failed } kind = Kind::begun;
  std::int64_t number = 0;                                    ///< begun, evaluated
  Evaluation evaluation{};                                    ///< evaluated
  std::vector<std::pair<std::int64_t, std::int64_t>> runs{};  ///< stored: numbers of points and of their runs
  std::string reason{};                                       ///< failed: no point is to blame, such as a full disk
  base::ExitCode exit_code = base::ExitCode::ok;              ///< failed
};
std::string line_of(const WorkerWord& word);
/// Throws UserError (failed_check) for another line.
WorkerWord worker_word(const std::string& line);

/// Evaluates and stores the points that come on standard input, until that ends; says on standard output what it does. Many estimates, or evaluations
/// of accuracy; of a simulated point only one, and none after one that memory did not suffice for. Returns its exit code.
int serve_points(std::string_view built_in_network);

}  // namespace mho::analysis
