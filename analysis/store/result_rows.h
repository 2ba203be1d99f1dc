#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/store/rows.h"
#include "analysis/store/store.h"

namespace mho::analysis {

/// Version, command and label for the rows of a study or training.
struct RowInfo {
  std::string version, command;
  Label label;
};

/// The columns with the name of a result, the time and machine of its computation, and its input files; `run`, `study` and `training` have them. If
/// label.keep_inputs is set, the contents of these files are stored in `kept_file`.
std::vector<Field> identity_fields(RowWriter& writer, const Label& label);

/// run.options: everything that a result depends on besides design, network, data and seed.
std::string options_json(const RunInfo& info);
std::string options_json(const SimulationInfo& info);

/// Inserts all rows of one result within the caller's transaction. Returns the number of its first row.
std::int64_t insert_rows(RowWriter& writer, const Design& design, const Result& result, const RunInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const ChipResult& result, const SimulationInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const RunInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const SimulationInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const Sensitivity& study, const RowInfo& info);
std::int64_t insert_rows(RowWriter& writer, const TrainingInputs& inputs, const TrainingRecord& record, const RowInfo& info);

}  // namespace mho::analysis
