#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/store/rows.h"
#include "analysis/store/store.h"

namespace mho::analysis {

/// What the rows of a study or training need beside the result.
struct RowInfo {
  std::string version, command;
  Label label;
};

/// The columns that say what a result is called, when and where it was made and from which files; `run`, `study` and `training` have them. Where they
/// are to be kept, the contents of these files are stored in `kept_file`.
std::vector<Field> identity_fields(RowWriter& writer, const Label& label);

/// run.options: what else a result depends on beside design, network, data and seed.
std::string options_json(const RunInfo& info);
std::string options_json(const SimulationInfo& info);

/// All rows of one result, within the caller's transaction; the number of the first is returned.
std::int64_t insert_rows(RowWriter& writer, const Design& design, const Result& result, const RunInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const ChipResult& result, const SimulationInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const RunInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const RefusedRun& run, const SimulationInfo& info);
std::int64_t insert_rows(RowWriter& writer, const Design& design, const Sensitivity& study, const RowInfo& info);
std::int64_t insert_rows(RowWriter& writer, const TrainingInputs& inputs, const TrainingRecord& record, const RowInfo& info);

}  // namespace mho::analysis
