#pragma once

#include <memory>
#include <vector>

#include "hw/cores/core_module.h"
#include "periphery/timing/pipeline_module.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// The programming unit of one tile. It programs one row at a time, in the time that all columns of the row take.
class WriteModule : public periphery::PipelineModule {
 public:
  WriteModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile, const WriteWork& work);
  [[nodiscard]] std::uint64_t devices() const { return programmed_; }

 protected:
  void count(std::size_t /*kind*/) override { programmed_ += row_; }

 private:
  std::uint64_t row_;  ///< devices of a row
  std::uint64_t programmed_ = 0;
};

/// An analog core whose tiles are programmed, all in parallel, with the rows of weights that arrive. A row stays in the input buffer until its
/// devices are programmed.
class ProgrammingCoreModule : public CoreModule {
 public:
  ProgrammingCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                        std::vector<StageController*> controllers);
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  struct TileSlot {
    StageController* controller = nullptr;
    std::unique_ptr<WriteModule> writer;
    std::uint64_t written_bits = 0, read_bits = 0;  ///< of the input buffer
  };
  void evaluate() override;
  void feed(TileSlot& slot);
  [[nodiscard]] std::size_t index_of(const StageController& controller) const {
    return CoreModule::index_of(controller, slots_, &TileSlot::controller);
  }
  std::vector<TileSlot> slots_;
};

}  // namespace mho::hw
