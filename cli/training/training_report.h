#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/training_record.h"
#include "base/json.h"
#include "base/progress.h"

namespace mho::cli {

/// What a training tells while it runs: shown as it comes, its epochs and its end kept.
class TrainingReport {
 public:
  explicit TrainingReport(workloads::Metric metric) : metric_(metric) {}

  /// A line of mho-train. Throws UserError (failed_check) for one that cannot be read.
  void hear(const std::string& text);
  /// Clears what is on the terminal.
  void end() { progress_.reset(); }
  /// Why mho-train ended, where it said so.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// What was heard: epochs, scores, and the seconds of processes before, in wall_s.
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

/// The end of a training in tables: which state was kept, and its scores beside those of the network it began with.
std::string training_summary(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record);
/// The same as JSON, with the course; `id` of its row.
base::Json training_json(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record, std::optional<std::int64_t> id);

}  // namespace mho::cli
