#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {

using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

/// What the float network gives for one sample.
inline Floats run(const OnnxModel& model, const Floats& x) { return run_float(model.import(), x); }
/// The message with which the file is refused.
inline std::string refusal(const OnnxModel& model) {
  return base::user_error([&] { model.import(); });
}
/// f of every value.
inline Floats each(const Floats& x, const std::function<double(double)>& f) {
  Floats y;
  for (const float value : x) y.push_back(static_cast<float>(f(static_cast<double>(value))));
  return y;
}

}  // namespace mho::workloads
