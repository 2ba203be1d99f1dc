#pragma once

#include <optional>
#include <vector>

#include "hw/cores/core_module.h"
#include "periphery/vector_unit_module.h"

namespace mho::hw {

/// A digital core: one vector unit for any number of stages. It selects the stage whose next position has been ready for the longest time; ties are
/// resolved round robin. A position starts only with space in the output buffer of its stage, so it can always finish.
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
    std::int64_t operations = 0;  ///< element operations per position
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
