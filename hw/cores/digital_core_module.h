#pragma once

#include <optional>
#include <vector>

#include "hw/cores/core_module.h"
#include "periphery/vector_unit_module.h"

namespace mho::hw {

/// A vector unit shared by any number of stages: it takes the stage whose next position has been ready longest, the next in turn among equals. A
/// position starts only with a place in its stage's output buffer, so the unit is never held by a stage that cannot finish.
class DigitalCoreModule : public CoreModule {
 public:
  DigitalCoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, const periphery::DigitalParameters& parameters,
                    const std::vector<StageController*>& controllers);
  void store(StageController& controller, std::int64_t bits) override;
  [[nodiscard]] StageActivity activity(const StageController& controller) const override;
  std::vector<OwnUnit> units() override;

 private:
  struct Slot {
    StageController* controller = nullptr;
    std::int64_t operations = 0;  ///< of one position
    std::optional<std::int64_t> ready_since;
    std::uint64_t written_bits = 0;
    std::uint64_t read_bits = 0;
  };
  void evaluate() override;
  void finish();
  [[nodiscard]] std::size_t index_of(const StageController& controller) const { return CoreModule::index_of(controller, slots_, &Slot::controller); }
  std::vector<Slot> slots_;
  periphery::VectorUnitModule unit_;
  std::optional<std::size_t> working_;
  std::size_t last_ = 0;
};

}  // namespace mho::hw
