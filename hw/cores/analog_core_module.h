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

/// An analog core: an input buffer; drivers, array and sample-and-hold of each tile (or lane of a tile); banks of converters with an output stage; an
/// output buffer. It is a pipeline over positions. The inputs of a position are released once the array has integrated them. The array is free once
/// its charges are sampled, and the capacitors once these are converted. Stages on one tile take turns; each begins a position only with reserved
/// space in its output buffer, so it cannot block the others. Tiles that share converters are converted in order of sampling, each only with space in
/// the output buffer of its stage. If converters clip, the product passes through drivers, array and converters again before any other product, and
/// the next position, if it is already integrated, is driven and integrated again; this time counts for the converters.
class AnalogCoreModule : public CoreModule {
 public:
  /// `shared`: one bank of converters with an output stage for all tiles; else one for each tile.
  AnalogCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const tiles::TileParameters& tile,
                   std::vector<StageController*> controllers, bool shared);
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  /// One tile, or one lane of a tile.
  struct TileSlot {
    std::vector<std::size_t> controllers;  ///< stages on this tile or lane, as indices in controllers_
    std::vector<std::size_t> matrices;     ///< first stage of each matrix on it; its index here is the kind of work of drivers and array
    std::size_t first_kind = 0;            ///< kind of the bank's work for the first matrix; those of the other matrices follow
    std::deque<std::size_t> to_integrate;  ///< stages of the positions that are not yet integrated, oldest first
    std::size_t last = 0;                  ///< index in `controllers` of the stage that began last
    std::optional<std::size_t> held;       ///< stage whose charges the sample-and-hold holds; without one: the array
    bool read = false;                     ///< without sample-and-hold: the charges in the array have been converted
    std::deque<int> products;              ///< number of products of each position that is not yet converted, oldest first
    bool repeated = false;                 ///< whether the position in the converters takes several products
    std::int64_t charged_anew = 0;         ///< cycle at which the next position is integrated again, after a repeated one
    std::size_t bank = 0;                  ///< index in banks_
    std::unique_ptr<periphery::DriverModule> drivers;
    std::unique_ptr<tiles::TileModule> tile;
  };
  /// A bank of converters with its output stage.
  struct Bank {
    std::vector<std::size_t> slots;        ///< tiles that share the bank
    std::deque<std::size_t> sampled;       ///< slots whose held charges wait for conversion, oldest first
    std::optional<std::size_t> converted;  ///< slot whose charges the converters convert
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
  /// Cycles for the repeated products of the slot's held position, beyond one conversion.
  std::int64_t repeats(TileSlot& slot);
  bool finish(std::size_t bank);
  [[nodiscard]] bool begins_with_place(const TileSlot& slot) const { return slot.controllers.size() > 1; }
  [[nodiscard]] bool converts_with_place(const TileSlot& slot) const { return slot.controllers.size() == 1 && banks_[slot.bank].slots.size() > 1; }
  [[nodiscard]] bool waits_for_readers(const TileSlot& slot, std::size_t controller) const;
  [[nodiscard]] const TileSlot& slot_of(std::size_t controller) const { return slots_[slot_of_[controller]]; }
  /// Kind of the bank's work for the matrix of a stage.
  [[nodiscard]] std::size_t kind_of(std::size_t controller) const { return slot_of(controller).first_kind + matrix_of_[controller]; }
  /// The stages that use matrix number `matrix` of a tile.
  [[nodiscard]] std::vector<const StageController*> controllers_of(const TileSlot& slot, std::size_t matrix) const;
  [[nodiscard]] std::size_t index_of(const StageController& controller) const { return CoreModule::index_of(controller, controllers_); }
  bool pipelined_;  ///< whether arrays have a sample-and-hold
  std::vector<StageController*> controllers_;
  std::vector<std::size_t> slot_of_;      ///< by stage
  std::vector<std::size_t> matrix_of_;    ///< by stage: index in TileSlot::matrices
  std::vector<int> places_;               ///< by stage: positions in progress with reserved space in the output buffer
  std::vector<std::int64_t> repeated_;    ///< by stage: cycles of repeated products
  std::vector<std::int64_t> integrated_;  ///< by stage: positions integrated
  std::vector<TileSlot> slots_;
  std::vector<Bank> banks_;
  periphery::BufferModule input_buffer_;
  periphery::BufferModule output_buffer_;
};

}  // namespace mho::hw
