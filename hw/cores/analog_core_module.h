#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "hw/cores/core_module.h"
#include "periphery/buffer_module.h"
#include "periphery/converters/adc_module.h"
#include "periphery/converters/driver_module.h"
#include "periphery/scale_module.h"
#include "tiles/tile_module.h"

namespace mho::hw {

/// Tiles, or lanes of a tile whose blocks are selected apart, with their surroundings: input buffer, and for each tile drivers, array and
/// sample-and-hold; converters, output stage and output buffer. All of it is a pipeline over positions. A position's inputs are free once the array
/// has integrated them; the array is free once its charges are sampled, and the capacitors once these are converted. Stages that use one matrix, or
/// matrices that share a tile, take turns on it; each begins a position only with a place for it in its output buffer, so that none can hold up the
/// others. Tiles that share the converters have them in the order in which their charges were sampled, each only with a place in its stage's output
/// buffer. A product that is repeated because converters clipped goes through drivers, array and converters again before anything follows it, and
/// what the array had integrated behind it is driven and integrated anew; this counts as time of the converters.
class AnalogCoreModule : public CoreModule {
 public:
  /// `shared`: one bank of converters with one output stage for all tiles, else one for each.
  AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                   std::vector<StageController*> controllers, bool shared);
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  /// One tile, or one lane of a tile.
  struct TileSlot {
    std::vector<std::size_t> controllers;  ///< stages on it
    std::vector<std::size_t> matrices;     ///< the first stage of each matrix on it: kinds of work of drivers and array
    std::size_t first_kind = 0;            ///< of the bank's work: that of the first matrix, those of the others follow
    std::deque<std::size_t> to_integrate;  ///< stages of the positions before the array, oldest first
    std::size_t last = 0;                  ///< place in `controllers` of the stage that began last
    std::optional<std::size_t> held;       ///< stage whose charges the sample-and-hold keeps, or the array itself where there is none
    bool read = false;                     ///< what the array itself holds has been converted
    std::deque<int> products;              ///< of the positions that are not yet converted, oldest first
    bool repeated = false;                 ///< the position in the converters takes several products
    std::int64_t charged_anew = 0;         ///< cycle until which the next position is integrated again, after one that was repeated
    std::size_t bank = 0;                  ///< index in banks_
    std::unique_ptr<periphery::DriverModule> drivers;
    std::unique_ptr<tiles::TileModule> tile;
  };
  /// Converters and output stage.
  struct Bank {
    std::vector<std::size_t> slots;        ///< tiles that share them
    std::deque<std::size_t> sampled;       ///< those that wait with held charges, oldest first
    std::optional<std::size_t> converted;  ///< slot in the converters
    std::deque<std::size_t> to_finish;     ///< stages of the positions in converters and output stage, oldest first
    std::unique_ptr<periphery::AdcModule> converters;
    std::unique_ptr<periphery::ScaleModule> scale;
  };
  void evaluate() override;
  void make_slots();
  void make_bank(const tiles::TileParameters& tile, std::vector<std::size_t> slots);
  void connect_slot(std::size_t slot);
  void feed(std::size_t slot);
  void convert_next(std::size_t bank);
  bool sample(std::size_t slot);
  /// Cycles beyond those of a conversion that the slot's held position takes.
  std::int64_t repeats(TileSlot& slot);
  bool finish(std::size_t bank);
  [[nodiscard]] bool begins_with_place(const TileSlot& slot) const { return slot.controllers.size() > 1; }
  [[nodiscard]] bool converts_with_place(const TileSlot& slot) const { return slot.controllers.size() == 1 && banks_[slot.bank].slots.size() > 1; }
  [[nodiscard]] bool waits_for_readers(const TileSlot& slot, std::size_t controller) const;
  [[nodiscard]] const TileSlot& slot_of(std::size_t controller) const { return slots_[slot_of_[controller]]; }
  /// Of the bank's work: that of the stage's matrix.
  [[nodiscard]] std::size_t kind_of(std::size_t controller) const { return slot_of(controller).first_kind + matrix_of_[controller]; }
  /// Stages that use one matrix of a tile.
  [[nodiscard]] std::vector<const StageController*> controllers_of(const TileSlot& slot, std::size_t matrix) const;
  [[nodiscard]] std::size_t index_of(const StageController& controller) const { return CoreModule::index_of(controller, controllers_); }
  bool pipelined_;  ///< arrays have a sample-and-hold
  std::vector<StageController*> controllers_;
  std::vector<std::size_t> slot_of_;      ///< by stage
  std::vector<std::size_t> matrix_of_;    ///< by stage: place in TileSlot::matrices
  std::vector<int> places_;               ///< in the output buffer that are kept for positions under way, by stage
  std::vector<std::int64_t> repeated_;    ///< cycles of products that were repeated, by stage
  std::vector<std::int64_t> integrated_;  ///< positions the array has handed over, by stage
  std::vector<TileSlot> slots_;
  std::vector<Bank> banks_;
  periphery::BufferModule input_buffer_;
  periphery::BufferModule output_buffer_;
};

}  // namespace mho::hw
