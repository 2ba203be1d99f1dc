#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explore/point_store.h"

namespace mho::analysis {

/// The task of a worker, sent before its points.
struct WorkerTask {
  EvaluationTask task{};
  std::string exploration{};  ///< hash of the exploration of its points
  std::string database{};
  std::optional<std::string> name{};  ///< name of its runs
  std::vector<std::pair<std::string, std::string>> tags{};
  bool keep_inputs = false;
  bool cache = true;  ///< use cached results of the database
};

/// Messages between the pool and its workers: one line with one JSON object each. Both sides are the same build of the program.
std::string line_of(const WorkerTask& task);
WorkerTask worker_task(const std::string& line);
std::string line_of(const std::vector<NumberedPoint>& points);
std::vector<NumberedPoint> numbered_points(const std::string& line);

/// A message of a worker.
struct WorkerWord {
  enum class Kind { begun, evaluated, stored, failed } kind = Kind::begun;
  std::int64_t number = 0;                                    ///< begun, evaluated
  Evaluation evaluation{};                                    ///< evaluated
  std::vector<std::pair<std::int64_t, std::int64_t>> runs{};  ///< stored: numbers of points and of their runs
  std::string reason{};                                       ///< failed: an error that no point causes, such as a full disk
  base::ExitCode exit_code = base::ExitCode::ok;              ///< failed
};
std::string line_of(const WorkerWord& word);
/// Throws UserError with exit code failed_check for any other line.
WorkerWord worker_word(const std::string& line);

/// Evaluates and stores the points from standard input until it ends, and reports on standard output. Any number of estimates or evaluations of
/// accuracy, but only one simulated point, and none after a point that ran out of memory. Returns the exit code.
int serve_points(std::string_view built_in_network);

}  // namespace mho::analysis
