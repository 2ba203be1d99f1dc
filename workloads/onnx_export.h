#pragma once
#include <string>

#include "workloads/network.h"
namespace mho::workloads {
inline void export_onnx(const std::string&, const Network&, const std::string&) {}
}  // namespace mho::workloads
