#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/training_record.h"
#include "base/json.h"
#include "base/progress.h"

namespace mho::cli {

/// Reads the progress lines of mho-train: shows them, and keeps epochs and final scores.
class TrainingReport {
 public:
  explicit TrainingReport(workloads::Metric metric) : metric_(metric) {}

  /// Processes a line of mho-train. Throws UserError with exit code failed_check for a line that cannot be read.
  void hear(const std::string& text);
  /// Clears the progress line on the terminal.
  void end() { progress_.reset(); }
  /// Reason that mho-train gave for its end; empty: none.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// The record so far: epochs, scores, and in wall_s the seconds of earlier processes.
  [[nodiscard]] const analysis::TrainingRecord& record() const { return record_; }
  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] bool has_ended() const { return record_.after.has_value(); }

 private:
  void read(const std::string& text);
  void read_end(const base::Json& end);
  void show_step(const base::Json& line);

  workloads::Metric metric_;
  analysis::TrainingRecord record_;
  std::unique_ptr<base::Progress> progress_;
  std::int64_t done_ = 0;
  bool begun_ = false;
  std::string failure_;
};

/// Result of a training as tables: the state that was kept, and its scores beside those of the initial network.
std::string training_summary(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record);
/// The same as JSON, with the epochs; `id`: number of its row.
base::Json training_json(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record, std::optional<std::int64_t> id);

}  // namespace mho::cli
