#pragma once

#include <utility>
#include <vector>

#include "periphery/parameters.h"
#include "periphery/timing/pipeline_module.h"

namespace mho::periphery {

/// The digital output stage behind a bank of converters: one multiply-add on each output, then element operations (activation), `lanes` a cycle.
/// Each tile that shares it is a kind of work.
class ScaleModule : public PipelineModule {
 public:
  struct Work {
    int outputs = 0;
    std::int64_t element_operations = 0;
  };
  ScaleModule(sc_core::sc_module_name name, const Timeline& timeline, const ScaleParameters& parameters, std::vector<Work> work)
      : PipelineModule(name, timeline, cycles_of(work, parameters.lanes)), work_(std::move(work)), done_(work_.size(), 0) {}
  [[nodiscard]] std::uint64_t operations(std::size_t kind = 0) const { return done_.at(kind) * static_cast<std::uint64_t>(work_[kind].outputs); }
  [[nodiscard]] std::uint64_t element_operations(std::size_t kind = 0) const {
    return done_.at(kind) * static_cast<std::uint64_t>(work_[kind].element_operations);
  }

 protected:
  void count(std::size_t kind) override { ++done_[kind]; }

 private:
  static std::int64_t rounds(std::int64_t operations, int lanes) { return (operations + lanes - 1) / lanes; }
  static std::vector<std::int64_t> cycles_of(const std::vector<Work>& work, int lanes) {
    std::vector<std::int64_t> cycles;
    cycles.reserve(work.size());
    for (const Work& each : work) cycles.push_back(rounds(each.outputs, lanes) + rounds(each.element_operations, lanes));
    return cycles;
  }
  std::vector<Work> work_;
  std::vector<std::uint64_t> done_;
};

}  // namespace mho::periphery
