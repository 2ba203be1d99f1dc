#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/design_file/config.h"

namespace mho::analysis {

/// A condition on a point: an SQL expression in which keys of the design are numbers, in their declared units, or words: "chip.mesh.width *
/// chip.mesh.height <= 48 AND tile.dac.coding = 'pulse_width'". Division of integers gives fractions.
class Constraint {
 public:
  /// Throws UserError, beginning with `where`, for an expression that SQLite refuses and for an unknown key (with the nearest spelling).
  Constraint(std::string text, const base::Declarations& declarations, const std::string& where);
  ~Constraint();
  Constraint(Constraint&&) noexcept;
  Constraint& operator=(Constraint&&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The keys in the expression, in order.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  /// Whether it holds for these values of keys(), in their order. Throws UserError if the result is neither true nor false.
  [[nodiscard]] bool holds(const std::vector<base::Value>& values) const;

 private:
  struct Prepared;
  std::string text_;
  std::string where_;
  std::vector<std::string> keys_;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace mho::analysis
