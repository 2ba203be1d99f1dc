#pragma once

#include "periphery/parameters.h"
#include "periphery/pipeline_module.h"

namespace mho::periphery {

/// The digital output stage of a tile: one multiply-add on each output, then `element_operations` more (activation), `lanes` a cycle.
class ScaleModule : public PipelineModule {
 public:
  ScaleModule(sc_core::sc_module_name name, const Timeline& timeline, const ScaleParameters& parameters, int outputs, std::int64_t element_operations)
      : PipelineModule(name, timeline, rounds(outputs, parameters.lanes) + rounds(element_operations, parameters.lanes)),
        outputs_(outputs),
        elements_(element_operations) {}
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] std::uint64_t element_operations() const { return element_operations_; }

 protected:
  void count() override {
    operations_ += static_cast<std::uint64_t>(outputs_);
    element_operations_ += static_cast<std::uint64_t>(elements_);
  }

 private:
  static std::int64_t rounds(std::int64_t operations, int lanes) { return (operations + lanes - 1) / lanes; }
  int outputs_;
  std::int64_t elements_;
  std::uint64_t operations_ = 0;
  std::uint64_t element_operations_ = 0;
};

}  // namespace mho::periphery
